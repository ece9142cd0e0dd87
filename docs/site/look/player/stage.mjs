// The picture of one film: its threads, below them the buffers, which go down across a line when they
// are lent to Windows, and the port with its packets.
import { momentOf, openFilm } from '../../../timelines/lib/moment.mjs';
import { Source } from '../../../timelines/lib/source.mjs';

export class Stage {
  /** `element` holds the list of the calls' places in the source, and gets the picture. */
  constructor(element, data, words) {
    this.element = element;
    this.words = words;
    this.film = openFilm(data);
    this.kinds = this.film.isFiles ? words.fileKinds : words.kinds;
    this.source = new Source(this.film, placesIn(element));
    this.threads = this.addThreads();
    this.tokens = this.addBuffers();
    this.port = this.film.hasPort ? this.addPort() : undefined;
    element.classList.add('ready');
  }

  addThreads() {
    const list = add(this.element, 'ul', 'stage-threads');
    list.setAttribute('aria-label', this.words.threads);
    return this.film.threads.map(({ label }) => {
      const item = add(list, 'li', 'stage-thread');
      add(item, 'span', 'swatch');
      add(item, 'b', '', label);
      const state = add(item, 'span', 'unseen');
      const call = add(item, 'a', 'stage-call');
      return { item, state, call, packet: add(item, 'span', 'packet') };
    });
  }

  // A column for each place; that for accepting only where operations accept.
  addBuffers() {
    const box = add(this.element, 'div', 'stage-buffers');
    add(box, 'span', 'stage-zone', this.words.program);
    add(box, 'span', 'stage-zone windows', this.words.windows);
    const row = add(box, 'ul', 'stage-tokens');
    row.setAttribute('aria-label', this.words.buffers);
    return this.film.places.map((place, at) => {
      if (place.kind === 'accept' && !this.film.operations.some((each) => each.place === at))
        return undefined;
      const home = add(row, 'li', `token-home ${place.kind}`);
      const token = add(home, 'div', 'token');
      add(token, 'b', '', place.kind === 'block' ? this.words.block : place.label);
      return { home, token, kind: add(token, 'span') };
    });
  }

  addPort() {
    const box = add(this.element, 'div', 'stage-port');
    add(box, 'span', 'stage-zone windows', this.words.port);
    const list = add(box, 'ul', 'packets');
    list.setAttribute('aria-label', this.words.port);
    return list;
  }

  /** Shows what goes on at `time`, in microseconds. */
  show(time) {
    const moment = momentOf(this.film, time);
    moment.threads.forEach((thread, at) => this.showThread(this.threads[at], thread));
    moment.places.forEach((place, at) => this.tokens[at] && this.showPlace(at, place));
    if (this.port) this.showPackets(moment.packets);
  }

  showThread({ item, state, call, packet }, thread) {
    item.dataset.state = thread.state;
    setText(state, this.words.states[thread.state]);
    const shown = thread.call ?? (thread.state === 'absent' ? undefined : thread.last);
    setText(call, thread.call?.name ?? this.ownWords(thread));
    call.classList.toggle('own', !thread.call);
    this.link(call, shown);
    const [held, ...more] = thread.holds;
    setText(packet, held ? `${this.packetWords(held)}${more.length > 0 ? ` +${more.length}` : ''}` : '');
    packet.hidden = !held;
    packet.dataset.kind = held?.kind ?? '';
  }

  // Between its calls a thread runs the program's own code; where, the calls tell.
  ownWords({ state, last }) {
    if (['routine', 'callback', 'pooled'].includes(state)) return this.words.states[state];
    if (state !== 'running') return '';
    return last ? this.words.afterCall(last.name) : this.words.ownCode;
  }

  // The first of the places where the call may have been made, as a rule the only one.
  link(element, call) {
    const [place] = call ? this.source.of(call) : [];
    if (!place || element.textContent === '') {
      // An element without a link loses the focus, and the player would hear no key any more.
      if (element === document.activeElement)
        element.closest('.player').querySelector('.player-slider').focus();
      return element.removeAttribute('href');
    }
    if (element.getAttribute('href') !== place.href) element.href = place.href;
  }

  showPlace(at, { exists, operations, kind, lent }) {
    const { home, token, kind: words } = this.tokens[at];
    const place = this.film.places[at];
    const there = place.kind === 'buffer' ? exists : lent;
    home.classList.toggle('none', place.kind !== 'buffer' || !exists);
    token.classList.toggle('gone', !there);
    token.classList.toggle('lent', lent);
    token.dataset.kind = kind ?? '';
    setText(words, there ? this.operationWords(place, operations, kind) : '');
  }

  operationWords({ kind: of }, operations, kind) {
    if (of === 'accept') return operations.length > 1 ? `×${operations.length}` : '';
    // A session of the full server receives and sends at once, with a buffer for each.
    const kinds = operations.length > 1 ? operations.map((each) => each.kind) : [kind];
    return [...new Set(kinds)].map((each) => this.kinds[each] ?? '').join(' + ');
  }

  showPackets(packets) {
    const shown = packets.map((each) => this.packetWords(each));
    const key = shown.join('|');
    if (this.shownPackets === key) return;
    this.shownPackets = key;
    this.port.replaceChildren();
    packets.forEach((each, at) => {
      add(this.port, 'li', 'packet', shown[at]).dataset.kind = each.kind ?? '';
    });
    if (packets.length === 0) add(this.port, 'li', 'packet none', this.words.noPacket);
  }

  packetWords({ place, kind }) {
    const { label, kind: of } = this.film.places[place] ?? {};
    if (of === undefined) return this.words.stop;
    return of === 'buffer' ? `${label}: ${this.kinds[kind]}` : label;
  }
}

// The places of calls as the site lists them, with their links.
function placesIn(element) {
  return [...element.querySelectorAll('.places li')].map((item) => {
    const link = item.querySelector('a');
    const { call, on = '', kind = '', near = '', file, only } = item.dataset;
    return {
      call, on, kind, file, only: only === 'true', near: near.split(' ').filter(Boolean),
      name: link.textContent, href: link.getAttribute('href'),
      text: item.querySelector('code').textContent,
    };
  });
}

/** Adds an element to `parent`. */
export function add(parent, name, className = '', text = '') {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

/** Sets a text, if it is another one. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
