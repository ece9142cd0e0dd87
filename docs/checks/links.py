"""Links: every relative one leads to a file, and to a heading in it; the others are https."""

import posixpath
import re
from urllib.parse import unquote, urlsplit

from checks.markdown import Document
from checks.tree import Tree, hint

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_LINE_NUMBER = re.compile(r"L\d+(?:C\d+)?(?:-.*)?")


def resolve(document: Document, target: str) -> str | None:
    """The path, from the root, that a relative link means; None when it leads elsewhere."""
    if _SCHEME.match(target) or target.startswith("/"):
        return None
    path = unquote(target.partition("#")[0])
    if not path:
        return document.path
    return posixpath.normpath(posixpath.join(posixpath.dirname(document.path), path))


def check_links(tree: Tree, document: Document, documents: dict[str, Document]) -> int:
    """Checks the links of one file; returns how many there are."""
    for link in document.links:
        if link.target is None:
            message = f"[{link.text}] refers to a label that is not defined"
        elif not link.target:
            message = f"[{link.text}] links to nothing"
        elif _LINE_NUMBER.fullmatch(link.target.partition("#")[2]):
            message = f"{link.target}: a line number moves; name the function or heading instead"
        elif _SCHEME.match(link.target):
            message = _fault_of_url(link.target)
        else:
            message = _fault_of_path(tree, document, link.target, documents)
        if message:
            tree.fault(document.path, link.line, message)
    return len(document.links)


def _fault_of_url(url: str) -> str | None:
    if not url.startswith("https://"):
        return f"{url}: an external link begins with https://"
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)+", host):
        return f"{url}: is no address of a page"
    return None


def _fault_of_path(tree: Tree, document: Document, target: str,
                   documents: dict[str, Document]) -> str | None:
    path = resolve(document, target)
    if path is None or path.startswith(".."):
        return f"{target}: write a link within the repository relative to this file's folder"
    is_folder = path == "." or path in tree.folders
    if not is_folder and path not in tree.files:
        return f"{target}: there is no {path}{hint(path, tree.files)}"
    if "#" not in target:
        return None
    anchor = unquote(target.partition("#")[2])
    page = posixpath.normpath(f"{path}/README.md") if is_folder else path
    if page not in documents:
        return f"{target}: only a Markdown file has anchors"
    anchors = documents[page].anchors
    if anchor not in anchors:
        return f"{target}: {page} has no heading #{anchor}{hint(anchor, anchors)}"
    return None
