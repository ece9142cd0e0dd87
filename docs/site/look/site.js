// What the pages do beside doxygen-awesome's scripts.
'use strict';

DoxygenAwesomeDarkModeToggle.init();
DoxygenAwesomeFragmentCopyButton.init();
DoxygenAwesomeParagraphLink.init();
DoxygenAwesomeInteractiveToc.init();

// What is wider than a phone scrolls in a box of its own; by the keyboard, too.
function letBoxesBeScrolled() {
  for (const box of document.querySelectorAll('.fragment, .memproto, .figure, .table'))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
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
  tellWhoServes();
});
addEventListener('resize', letBoxesBeScrolled);
