from reportgen.run.git import commit

HASH = "0123456789abcdef0123456789abcdef01234567"


def repository(folder, head):
    (folder / ".git" / "refs" / "heads").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text(head)
    return folder


def test_a_branch_is_followed_to_its_commit(tmp_path):
    """HEAD names a branch; the branch's file holds the commit; specs in subfolders find it."""
    repository(tmp_path, "ref: refs/heads/main\n")
    (tmp_path / ".git/refs/heads/main").write_text(HASH + "\n")
    (tmp_path / "specs").mkdir()
    assert commit(tmp_path / "specs") == HASH


def test_a_packed_branch_is_found(tmp_path):
    """After `git gc` branches stand in packed-refs."""
    repository(tmp_path, "ref: refs/heads/main\n")
    (tmp_path / ".git/packed-refs").write_text(f"# pack-refs\n{HASH} refs/heads/main\n")
    assert commit(tmp_path) == HASH


def test_a_detached_head_is_the_commit_itself(tmp_path):
    """A checkout of a commit has its hash in HEAD."""
    assert commit(repository(tmp_path, HASH)) == HASH


def test_a_worktree_is_followed_to_its_repository(tmp_path):
    """In a worktree `.git` is a file that names the folder; branches live in the common one."""
    repository(tmp_path, "ref: refs/heads/other\n")
    (tmp_path / ".git/refs/heads/main").write_text(HASH)
    linked = tmp_path / ".git/worktrees/w"
    linked.mkdir(parents=True)
    (linked / "HEAD").write_text("ref: refs/heads/main")
    (linked / "commondir").write_text("../..")
    tree = tmp_path / "w"
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {linked}")
    assert commit(tree) == HASH


def test_a_repository_without_commits_has_none(tmp_path):
    """A branch that does not exist yet, or a damaged HEAD, is no commit."""
    assert commit(repository(tmp_path, "ref: refs/heads/main\n")) is None
