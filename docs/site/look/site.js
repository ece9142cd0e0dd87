// The scripts of the pages, beside doxygen-awesome's.
'use strict';

DoxygenAwesomeDarkModeToggle.init();
DoxygenAwesomeFragmentCopyButton.init();
DoxygenAwesomeParagraphLink.init();
DoxygenAwesomeInteractiveToc.init();

// Boxes that are wider than their page can be scrolled by the keyboard, too.
function letBoxesBeScrolled() {
  for (const box of document.querySelectorAll('.fragment, .memproto, .figure, .table'))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
}

// At the end of a page its last heading is the one that is read, also if it never comes to the top.
function markLastHeading() {
  const content = document.getElementById('doc-content');
  const links = [...document.querySelectorAll('.contents > .toc > ul a')];
  content?.addEventListener('scroll', () => {
    if (content.scrollTop + content.clientHeight < content.scrollHeight - 1) return;
    for (const [at, link] of links.entries()) {
      link.classList.toggle('active', at === links.length - 1);
      link.classList.toggle('aboveActive', at < links.length - 1);
    }
  });
}

// The contents stand in a box of their own: it scrolls to the heading that is read.
function keepHeadingInSight() {
  const contents = document.querySelector('.contents > .toc');
  if (!contents) return;
  document.getElementById('doc-content')?.addEventListener('scroll', () => {
    const heading = contents.querySelector('a.active')?.getBoundingClientRect();
    if (!heading) return;
    const box = contents.getBoundingClientRect();
    if (heading.top < box.top) contents.scrollTop -= box.top - heading.top + box.height / 2;
    if (heading.bottom > box.bottom) contents.scrollTop += heading.bottom - box.bottom + box.height / 2;
  });
}

// The server of chapter 5 gives its name with each page: then the reader hears of it.
async function tellWhoServes() {
  const place = document.querySelector('.served');
  if (!place || !location.protocol.startsWith('http')) return;
  const answer = await fetch(location.href, { method: 'HEAD' }).catch(() => undefined);
  if ((answer?.headers.get('Server') ?? '').startsWith('05_iocp_http')) place.hidden = false;
}

addEventListener('load', () => {
  letBoxesBeScrolled();
  markLastHeading();
  keepHeadingInSight();
  tellWhoServes();
});
addEventListener('resize', letBoxesBeScrolled);
