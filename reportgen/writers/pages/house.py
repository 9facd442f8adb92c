"""The page as the house's templates print it. `make templates` made this of them: change those."""

from __future__ import annotations
from collections.abc import Callable
from typing import Any
from reportgen.writers.pages.escaping import joined, text

Put = Callable[..., None]


def blocks_break(put: Put, page: Any, item: Any = None) -> None:
    put('<div class="break"></div>')


def blocks_claim(put: Put, page: Any, item: Any = None) -> None:
    put('<p class="claim ', "holds" if item.holds else "fails", '"')
    if item.anchor:
        put(' id="', text(item.anchor), '"')
    put(
        "><b>",
        text(page.words("document.holds" if item.holds else "document.does_not_hold")),
        "</b> ",
        item.html,
        ' <span class="shown">(',
        text(item.text),
        ").</span></p>",
    )


def blocks_contents(put: Put, page: Any, item: Any = None) -> None:
    put(
        '<nav class="contents" aria-labelledby="contents">\n<h2 id="contents">',
        text(page.words("document.contents")),
        "</h2>\n<ol>\n",
    )
    for item in page.headings:
        put(
            '<li class="level-',
            text(item.level),
            '"><a href="#',
            text(item.anchor),
            '">',
            text(item.text),
            "</a></li>\n",
        )
    put(
        '<li class="level-2"><a href="#',
        text(page.made_anchor),
        '">',
        text(page.words("made.title")),
        "</a></li>\n</ol>\n</nav>",
    )


def blocks_figure(put: Put, page: Any, item: Any = None) -> None:
    put('<figure class="plot" id="', text(item.anchor), '">\n')
    if page.medium == "screen":
        put(
            '<div class="scroll" role="region" tabindex="0" aria-label="',
            text(item.label),
            '"><div role="img" aria-label="',
            text(item.alt),
            '">',
            item.html,
            "</div></div>\n",
        )
    else:
        put(item.html, "\n")
    put("<figcaption><b>", text(item.label), ".</b> ", text(item.text), "</figcaption>\n")
    for note in item.notes:
        put('<p class="notes">', text(note), "</p>\n")
    put("</figure>")


def blocks_footnotes(put: Put, page: Any, item: Any = None) -> None:
    put(
        '<section class="footnotes" aria-label="',
        text(page.words("document.footnotes")),
        '">\n<ol>\n',
    )
    all1 = tuple(page.notes)
    for at1, note in enumerate(all1):
        put(
            '<li id="note-',
            text(at1 + 1),
            '">',
            note,
            ' <a href="#note-call-',
            text(at1 + 1),
            '" aria-label="',
            text(page.words("document.back", number=at1 + 1)),
            '">↩</a></li>\n',
        )
    put("</ol>\n</section>")


def blocks_heading(put: Put, page: Any, item: Any = None) -> None:
    put("<h", text(item.level), ' id="', text(item.anchor), '"')
    if item.turned:
        put(' class="turned"')
    put(">", text(item.text), "</h", text(item.level), ">")


def blocks_made(put: Put, page: Any, item: Any = None) -> None:
    put('<section class="made"')
    if page.medium == "print":
        put(' id="made"')
    put(
        ' aria-labelledby="',
        text(page.made_anchor),
        '">\n<h2 id="',
        text(page.made_anchor),
        '">',
        text(page.words("made.title")),
        "</h2>\n<p>",
        text(page.words("made.intro")),
        "</p>\n<dl>\n",
    )
    for name, value in page.made:
        if page.medium == "print":
            put("<dt>", text(name), "</dt><dd>", text(value), "</dd>\n")
        else:
            put("<div><dt>", text(name), "</dt><dd>", text(value), "</dd></div>\n")
    put(
        "</dl>\n<p>",
        text(page.words("made.rebuild", command="")),
        "<code>",
        text(page.document.build.command),
        "</code></p>\n</section>",
    )


def blocks_table(put: Put, page: Any, item: Any = None) -> None:

    def heading(column: Any) -> None:
        put(text(column.label))
        if column.below:
            put("<br>", text(column.below))

    def across(sheet: Any, scope: Any, label: Any, mark: Any = "") -> None:
        lone = page.medium == "screen"
        put('<th scope="', text(scope), '"')
        if not lone:
            put(' colspan="', text(len(sheet.columns) + 1), '"')
        put(">", text(label))
        if mark:
            put("<sup>", text(mark), "</sup>")
        put("</th>")
        if lone:
            for _ in sheet.columns:
                put("<td></td>")

    all2 = tuple(item.sheets)
    for at2, sheet in enumerate(all2):
        caption_id = str(item.anchor) + "-caption" + str(at2 + 1 if at2 + 1 > 1 else "")
        screen = page.medium == "screen"
        continued = page.words("document.continued", label=item.label)
        put(
            '<figure class="table',
            " whole" if sheet.whole and (not item.divided) else "",
            " wide" if sheet.landscape else "",
            " unbroken" if sheet.unbroken else "",
            '"',
        )
        if at2 == 0:
            put(' id="', text(item.anchor), '"')
        if not screen:
            put(' style="font-size: ', text(sheet.size), 'pt"')
        put(">\n")
        if screen:
            put(
                '<div class="scroll" role="region" tabindex="0" aria-labelledby="',
                text(caption_id),
                '">',
            )
        put('\n<table>\n<caption id="', text(caption_id), '"><span>')
        if at2 == 0:
            put("<b>", text(item.label), ".</b> ", text(item.text))
        else:
            put("<b>", text(continued), ".</b> ", text(item.text))
        put("</span></caption>\n<thead>\n")
        if sheet.spanners:
            put('<tr>\n<th class="stub" scope="col" rowspan="2">', text(sheet.grid.stub), "</th>\n")
            for spanner in sheet.spanners:
                if spanner.text:
                    put(
                        '<th class="spanner" scope="colgroup" colspan="',
                        text(spanner.span),
                        '"><span>',
                        text(spanner.text),
                    )
                    if spanner.mark:
                        put("<sup>", text(spanner.mark), "</sup>")
                    put("</span></th>\n")
                else:
                    put('<th class="', text(spanner.columns[0].align), '" scope="col" rowspan="2">')
                    heading(spanner.columns[0])
                    if spanner.mark:
                        put("<sup>", text(spanner.mark), "</sup>")
                    put("</th>\n")
            put("</tr>\n<tr>\n")
            for column in [column for column in sheet.columns if column.spanner]:
                put('<th class="', text(column.align), '" scope="col">')
                heading(column)
                put("</th>\n")
            put("</tr>\n")
        else:
            put('<tr>\n<th class="stub" scope="col">', text(sheet.grid.stub), "</th>\n")
            for column in sheet.columns:
                put('<th class="', text(column.align), '" scope="col">')
                heading(column)
                if column.mark:
                    put("<sup>", text(column.mark), "</sup>")
                put("</th>\n")
            put("</tr>\n")
        put("</thead>\n")
        all6 = tuple(sheet.blocks)
        for at6, block in enumerate(all6):
            last_block = at6 == len(all6) - 1
            set_off = not at6 == 0
            block_number = at6
            put("<tbody")
            if at6 == 0 and (not screen):
                put(' class="starts" data-continued="', text(continued), '"')
                if len(item.sheets) == 1:
                    put(' id="', text(item.anchor), '-rows"')
            put(">\n")
            if block.title:
                put(
                    '<tr class="block',
                    " first" if set_off else "",
                    text(sheet.ties(block_number, -1) if not screen else ""),
                    '">',
                )
                across(sheet, "rowgroup", block.title, block.mark)
                put("</tr>\n")
            all7 = tuple(block.rows)
            for at7, row in enumerate(all7):
                first = (set_off and at7 == 0) and (not block.title)
                last = last_block and at7 == len(all7) - 1
                put(
                    '<tr class="in-',
                    text(row.indent),
                    " head" if row.header else "",
                    " first" if first else "",
                    " last" if last else "",
                    text(sheet.ties(block_number, at7) if not screen else ""),
                    '">',
                )
                if row.header and (not row.cells):
                    across(sheet, "row", row.label)
                else:
                    put('<th scope="row">', text(row.label), "</th>")
                    for cell in sheet.cells(row):
                        put(
                            '<td class="',
                            text(cell.align),
                            " faint" if cell.empty == "reference" else "",
                            " wrap" if sheet.wraps(cell) else "",
                            " anywhere" if not screen and sheet.breaks(cell) else "",
                            '"',
                        )
                        if screen and cell.after:
                            put(' style="padding-right:', text(cell.after), 'em"')
                        put(">")
                        if screen and cell.aria:
                            if cell.text:
                                put('<span aria-hidden="true">', text(cell.text), "</span>")
                            put('<span class="hidden">', text(cell.aria), "</span>")
                        elif screen:
                            put(text(cell.bare))
                        else:
                            put(text(cell.text))
                        if cell.mark:
                            put("<sup>", text(cell.mark), "</sup>")
                        if cell.below:
                            put("<br>", text(cell.below))
                        put("</td>")
                put("</tr>\n")
            put("</tbody>\n")
        put("</table>\n")
        if screen:
            put("</div>")
        put("\n")
        if at2 == len(all2) - 1:
            for line in item.equation:
                put('<p class="equation">', line.html, "</p>\n")
            for note in item.notes:
                put('<p class="notes">', text(note), "</p>\n")
            for letter, note in sheet.grid.marks:
                put('<p class="notes"><sup>', text(letter), "</sup> ", text(note), "</p>\n")
        put('<div class="end"></div>\n</figure>\n')


def blocks_text(put: Put, page: Any, item: Any = None) -> None:
    put('<div class="text"')
    if item.anchor:
        put(' id="', text(item.anchor), '"')
    put(">\n", item.html, "\n</div>")


def blocks_title(put: Put, page: Any, item: Any = None) -> None:
    put('<header class="title">\n')
    if page.logo:
        put('<div class="logo">', page.logo, "</div>\n")
    put("<h1>", text(page.document.title), "</h1>\n")
    if page.document.subtitle:
        put('<p class="subtitle">', text(page.document.subtitle), "</p>\n")
    if page.document.authors:
        put(
            '<p class="authors">', joined(page.document.authors, page.words("list.comma")), "</p>\n"
        )
    put('<p class="line">')
    all1 = tuple(page.line)
    for at1, fact in enumerate(all1):
        if not at1 == 0:
            put('<span class="dot"> · </span>')
        put("<span>", text(fact), "</span>")
    put("</p>\n</header>\n")
    screen = page.medium == "screen"
    for alert in page.alerts:
        if screen:
            put("<aside>")
        put('<p class="alert">', text(alert), "</p>")
        if screen:
            put("</aside>")
        put("\n")
    if page.abstract:
        put("<", "section" if screen else "div", ' class="abstract"')
        if screen:
            put(' aria-label="', text(page.words("document.abstract")), '"')
        put(">\n", page.abstract, "\n</", "section" if screen else "div", ">\n")


def body(put: Put, page: Any, contents: Any) -> None:
    put('<body data-title="', text(page.document.title), '" data-foot="', text(page.foot), '">\n')
    blocks_title(put, page)
    if contents:
        blocks_contents(put, page)
    put("<main")
    if page.medium == "print":
        put(' id="report"')
    put(">\n")
    for item in page.items:
        PAGES["blocks/" + str(item.template) + ".html.j2"](put, page, item)
    if page.notes:
        blocks_footnotes(put, page)
    put("</main>\n")
    blocks_made(put, page)
    put("</body>")


def report(put: Put, page: Any, style: Any, body: Any) -> None:
    put(
        '<!DOCTYPE html>\n<html lang="',
        text(page.document.lang),
        '">\n<head>\n<meta charset="utf-8">\n',
    )
    if page.medium == "screen":
        put(
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:; font-src data:; base-uri \'none\'; form-action \'none\'">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        )
    put("<title>", text(page.document.title), "</title>\n")
    for author in page.document.authors:
        put('<meta name="author" content="', text(author), '">\n')
    if page.document.subtitle:
        put('<meta name="description" content="', text(page.document.subtitle), '">\n')
    put(
        '<meta name="generator" content="reportgen ',
        text(page.document.build.versions.get("reportgen", "")),
        '">\n<meta name="dcterms.created" content="',
        text(page.document.build.created),
        '">\n<meta name="dcterms.modified" content="',
        text(page.document.build.created),
        '">\n',
    )
    if style:
        put("<style>\n", style, "\n</style>\n")
    put("</head>\n", body, "\n</html>")


PAGES: dict[str, Callable[..., None]] = {
    "blocks/break.html.j2": blocks_break,
    "blocks/claim.html.j2": blocks_claim,
    "blocks/contents.html.j2": blocks_contents,
    "blocks/figure.html.j2": blocks_figure,
    "blocks/footnotes.html.j2": blocks_footnotes,
    "blocks/heading.html.j2": blocks_heading,
    "blocks/made.html.j2": blocks_made,
    "blocks/table.html.j2": blocks_table,
    "blocks/text.html.j2": blocks_text,
    "blocks/title.html.j2": blocks_title,
    "body.html.j2": body,
    "report.html.j2": report,
}
