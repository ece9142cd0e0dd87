// The scripts of the pages, beside doxygen-awesome's.
'use strict';

if (document.documentElement.lang.startsWith('ko')) {
  DoxygenAwesomeDarkModeToggle.title = '밝게 또는 어둡게';
  DoxygenAwesomeFragmentCopyButton.title = '코드 복사';
  DoxygenAwesomeParagraphLink.title = '이 절로 오는 링크';
}
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

// The section that is read: the one that the address names, if it is in sight, or else the last one that
// begins in the upper third.
function sectionInSight() {
  const content = document.getElementById('doc-content');
  const { top, bottom } = content.getBoundingClientRect();
  const boxOf = (each) => (each.closest('h1, h2, h3, h4, tr') ?? each).getBoundingClientRect();
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named && boxOf(named).bottom > top && boxOf(named).top < bottom) return location.hash;
  if (content.scrollTop < 1) return '';
  const passed = [...content.querySelectorAll(
    ':is(h1, h2, h3, h4, tr)[id], :is(h1, h2, h3, h4) .anchor[id], td > a[id]')]
    .filter((each) => each.getClientRects().length > 0 && boxOf(each).top < top + (bottom - top) / 3);
  return passed.length > 0 ? `#${passed.at(-1).id}` : '';
}

// The link to the other language leads to the section that is read: both pages have the same names.
function keepSection() {
  const link = document.querySelector('#language a[rel="alternate"]');
  const page = link?.getAttribute('href');
  for (const kind of ['pointerdown', 'click'])
    link?.addEventListener(kind, () => { link.href = `${page}${sectionInSight()}`; });
}

addEventListener('load', () => {
  keepSection();
  letBoxesBeScrolled();
  markLastHeading();
  keepHeadingInSight();
  tellWhoServes();
});
addEventListener('resize', letBoxesBeScrolled);
