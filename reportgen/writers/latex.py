"""LaTeX: a whole document with booktabs tables, to be compiled or copied from."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from reportgen.core.digest import digest
from reportgen.core.document import Claim, Document, Figure, Part, Text
from reportgen.writers import naming
from reportgen.writers.html import CONTENTS_FROM
from reportgen.writers.pages.drawing import figure_size
from reportgen.writers.pages.made import title_line
from reportgen.writers.pages.page import Item, page
from reportgen.writers.tex.escape import foreign, tex
from reportgen.writers.tex.prose import SECTIONS, blocks, runs
from reportgen.writers.tex.table import table
from reportgen.writers.texts.running import pieces, running, sentence

_DIGEST = re.compile(r"([0-9a-f]{16})(?=[0-9a-f])")

PREAMBLE = r"""% For pdflatex, or lualatex and xelatex where there are scripts other than Latin.
\documentclass[10pt,a4paper]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[utf8]{inputenc}
  \usepackage[T1]{fontenc}
  \usepackage{textcomp,lmodern}
\else
  \usepackage{fontspec}
\fi
\usepackage{amsmath,amssymb}
\usepackage[a4paper,hmargin=26mm,vmargin=26mm]{geometry}
\usepackage{array,booktabs,longtable,graphicx,pdflscape,caption,xcolor}
\usepackage[hidelinks]{hyperref}
\captionsetup{labelfont=bf,labelsep=period,justification=raggedright,singlelinecheck=false}
\setcounter{secnumdepth}{0}
\setcounter{LTchunksize}{200}
\setlength{\tabcolsep}{2.6pt}
\setlength{\LTcapwidth}{\textwidth}
\setlength{\emergencystretch}{3em}
\newcommand{\tablenote}[1]{{\footnotesize\noindent #1\par\smallskip}}
"""


class Latex:
    """The report as a LaTeX document; its figures are PNG files beside it."""

    suffix: ClassVar[str] = ".tex"
    pictures: ClassVar[bool] = True

    def render(self, document: Document) -> bytes:
        """The file in UTF-8."""
        return _Report(document).text().encode()

    def files(self, document: Document) -> Mapping[str, bytes]:
        """The figures, by the names under which the document asks for them."""
        return {f"{name}.png": b64decode(figure.png) for name, figure in naming.figures(document)}


class _Report:
    """One document while it is written; used once, inside `Latex.render`."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.page = page(replace(document, table_rows=0), "print")
        anchors = [item.anchor for item in self.page.items if item.anchor]
        self.places = {name: f"r:{digest(name)[:12]}" for name in (*anchors, self.page.made_anchor)}
        self.pictures = {id(figure): name for name, figure in naming.figures(document)}
        self.level, self.turned = 1, False

    def text(self) -> str:
        """The whole document."""
        parts = [*self._title()]
        for part, item in zip(self.document.parts, self.page.items, strict=True):
            parts += self._turn(turned=item.turned)
            parts += self._part(part, item)
        body = "\n".join([*parts, *self._turn(turned=False), *self._made()])
        return "\n".join([*self._preamble(body), body, r"\end{document}", ""])

    def _preamble(self, body: str) -> Iterator[str]:
        words, document = self.page.words, self.page.document
        yield PREAMBLE
        for command, name in (("tablename", "table"), ("figurename", "figure")):
            yield rf"\renewcommand{{\{command}}}{{{tex(words(f'common.{name}'))}}}"
        yield rf"\renewcommand{{\contentsname}}{{{tex(words('document.contents'))}}}"
        yield rf"\renewcommand{{\abstractname}}{{{tex(words('document.abstract'))}}}"
        yield r"\ifPDFTeX"
        for character in sorted(foreign(body + tex(document.title))):
            code = f"{ord(character):04X}"
            yield rf"  \DeclareUnicodeCharacter{{{code}}}{{\fbox{{\tiny {code}}}}}"
        yield r"\fi"
        yield rf"\title{{{tex(document.title)}{self._subtitle()}}}"
        authors = r" \and ".join(tex(each) for each in document.authors)
        yield rf"\author{{{authors}}}"
        origin = words("document.made_from", spec=document.build.spec_name)
        facts = r" \textperiodcentered{} ".join(map(tex, title_line(document, words, origin)))
        yield rf"\date{{\small {facts}}}"
        yield r"\begin{document}"

    def _subtitle(self) -> str:
        text = self.page.document.subtitle
        return rf"\\[4pt]\large {tex(text)}" if text else ""

    def _title(self) -> Iterator[str]:
        yield r"\maketitle"
        for alert in self.page.alerts:
            yield rf"\noindent\textbf{{{tex(alert)}}}\par"
        if self.document.abstract:
            yield r"\begin{abstract}"
            yield from blocks(running(self.document.abstract), self.places)
            yield r"\end{abstract}"
        if len(self.page.headings) >= CONTENTS_FROM:
            yield r"\tableofcontents"

    def _turn(self, *, turned: bool) -> Iterator[str]:
        if turned != self.turned:
            yield rf"\{'begin' if turned else 'end'}{{landscape}}"
            self.turned = turned

    def _part(self, part: Part, item: Item) -> Iterator[str]:
        match item.template:
            case "heading":
                self.level = item.level
                yield rf"\{SECTIONS[item.level]}{{{tex(item.text)}}}{self._label(item)}"
            case "break":
                yield r"\newpage"
            case "table":
                yield from self._table(item)
            case "figure" if isinstance(part, Figure):
                yield from self._figure(part, item)
            case "claim" if isinstance(part, Claim):
                word = "document.holds" if item.holds else "document.does_not_hold"
                verdict, shown = tex(self.page.words(word)), tex(item.text)
                text = runs(sentence(part.claim), self.places)
                yield rf"\noindent\textbf{{{verdict}}} {text} ({shown})."
                yield ""
            case "text" if isinstance(part, Text):
                yield from blocks(running(part.markdown, self.level), self.places)
                yield ""

    def _table(self, item: Item) -> Iterator[str]:
        again = tex(self.page.words("document.continued", label=item.label))
        for number, sheet in enumerate(item.sheets):
            if number:
                yield r"\newpage\addtocounter{table}{-1}"
                caption = rf"\caption*{{\textbf{{{again}.}} {tex(item.text)}}}"
            else:
                caption = rf"\caption{{{tex(item.text)}}}{self._label(item)}"
            yield table(sheet, caption, again)
        for line in item.equation:
            yield rf"\tablenote{{{runs(pieces(line.pieces), self.places)}}}"
        for note in item.notes:
            yield rf"\tablenote{{{tex(note)}}}"
        for letter, note in item.sheets[-1].grid.marks:
            yield rf"\tablenote{{\textsuperscript{{{tex(letter)}}} {tex(note)}}}"

    def _figure(self, figure: Figure, item: Item) -> Iterator[str]:
        width, _ = figure_size(figure)
        yield r"\begin{figure}[htbp]"
        yield rf"% {' '.join(tex(item.alt).split())}"
        yield rf"\includegraphics[width={width:g}bp]{{{self.pictures[id(figure)]}.png}}"
        yield rf"\caption{{{tex(item.text.rstrip('.'))}}}{self._label(item)}"
        yield from (rf"\tablenote{{{tex(note)}}}" for note in item.notes)
        yield r"\end{figure}"

    def _made(self) -> Iterator[str]:
        words = self.page.words
        label = rf"\label{{{self.places[self.page.made_anchor]}}}"
        yield rf"\section{{{tex(words('made.title'))}}}{label}"
        yield tex(words("made.intro"))
        yield r"\begin{description}\small"
        for name, value in self.page.made:
            broken = _DIGEST.sub(r"\1\\allowbreak{}", tex(value))
            yield rf"\item[{{{tex(name)}}}] \sloppy {broken}"
        yield r"\end{description}"
        command = rf"\texttt{{{tex(self.document.build.command)}}}"
        yield tex(words("made.rebuild", command="")) + f" {command}"

    def _label(self, item: Item) -> str:
        return rf"\label{{{self.places[item.anchor]}}}"
