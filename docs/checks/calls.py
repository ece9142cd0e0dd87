"""Checks that the first mention of a system call in a lesson links to Microsoft's page."""

import re

from checks import cpp
from checks.markdown import Document
from checks.tree import Tree

MICROSOFT = "https://learn.microsoft.com/"

# Calls that a lesson may speak of though no source here makes them. The calls that sources do make,
# as `::Name(`, are found in them.
KNOWN = set("""
    BindIoCompletionCallback CancelThreadpoolIo ConnectEx CreateIoRing DisconnectEx
    MsgWaitForMultipleObjectsEx ProcessSocketNotifications QueueUserWorkItem ReadFileScatter
    RegisterWaitForSingleObject SetFileValidData TransmitFile TransmitPackets WSAAsyncSelect
    WSAConnect WSAEnumNetworkEvents WSAEventSelect WSARecvFrom WSASendTo WriteFileGather socket
""".split())

CALL = re.compile(r"(?:::)?(?P<name>[A-Za-z]\w*)(?:\(.*\))?", re.DOTALL)


def all_calls(tree: Tree) -> set[str]:
    """Every system call that a lesson could name."""
    found = set(KNOWN)
    for path in tree.files:
        if path.endswith(cpp.SUFFIXES):
            found |= {name for name, _ in cpp.system_calls(tree.read(path))}
    return found


def check_calls(tree: Tree, document: Document, known: set[str]) -> None:
    """Checks the first mention of each call outside code blocks and headings."""
    seen = set()
    for span in document.spans:
        match = CALL.fullmatch(span.text.strip())
        if not match or span.line in document.headings:
            continue
        name = match["name"]
        # The lesson may say CreateFile for CreateFileW; the two are one call to a reader.
        name = name + "W" if name + "W" in known else name
        if name not in known or name in seen:
            continue
        seen.add(name)
        targets = [link.target or "" for link in document.links
                   if link.start < span.start < link.end]
        if not any(target.startswith(MICROSOFT) for target in targets):
            tree.fault(document.path, span.line,
                       f"first mention of `{match['name']}`: link it to Microsoft's page, "
                       f"[`{match['name']}`]({MICROSOFT}windows/win32/api/…-{name.lower()})")
        elif not any(_is_page_of(target, name) for target in targets):
            tree.fault(document.path, span.line,
                       f"`{match['name']}` links to a page of another name: {targets[0]}")


def _is_page_of(target: str, name: str) -> bool:
    """Whether `target` ends like the page of `name`: nf-fileapi-createfilew, or -createfile."""
    page = re.split(r"[?#]", target)[0].rstrip("/").rsplit("/", 1)[-1]
    base = re.escape(name[:-1] if name.endswith("W") else name).lower()
    return re.search(rf"(?:^|-){base}[aw]?$", page.lower()) is not None
