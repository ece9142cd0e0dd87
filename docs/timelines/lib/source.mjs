// The place in the source at which a thread is. The site knows every place where a call is made; the
// recording tells which of them it was: by what the call was made on, and by the calls around it.

/**
 * Finds the places of calls. `places`: { call, name, file, near, on, kind, only }, as the site lists
 * them: the function and the file of the place, the functions that it calls or is called by, and, if
 * they can be read there, what the call is made on (`listener`, `session`, `file`, `none`) and what it
 * moves (`receive`, `send`). `only`: of a name that the standard library calls too, the longest of the
 * main thread's calls alone is ours.
 */
export class Source {
  constructor(film, places) {
    this.film = film;
    this.places = places;
    this.found = new Map();
  }

  /** The places where `call` may have been made, one as a rule. */
  of(call) {
    if (!this.found.has(call)) this.found.set(call, this.find(call));
    return this.found.get(call);
  }

  find(call) {
    const fitting = this.fitting(call);
    if (fitting.length < 2) return fitting;
    const around = this.around(call);
    const kind = this.kindOf(call);
    const scores = fitting.map((place) => (place.kind === kind ? 4 : 0)
      + Math.max(0, ...around.map((other) => nearness(place, other))));
    const best = Math.max(...scores);
    return fitting.filter((place, at) => scores[at] === best);
  }

  // What a call moves, or what the operation moves that it collects or whose file it is made on.
  kindOf(call) {
    const label = this.film.places[call.place]?.label;
    return call.collects[0]?.kind ?? { read: 'receive', write: 'send' }[label];
  }

  fitting(call) {
    const named = this.places.filter((place) => place.call === call.name
      && (!place.only || call === this.longest(call)));
    const kind = this.film.places[call.place]?.kind;
    const wanted = kind === 'accept' ? 'listener' : kind === 'buffer' ? 'session' : undefined;
    const on = named.filter((place) => place.on === wanted);
    if (wanted && on.length > 0) return on;
    // A listener without a place of its own is taken for a file; a connection is not.
    const files = named.filter((place) => place.on === 'file');
    if (wanted === 'listener' && files.length > 0) return files;
    if (wanted) return this.withoutFiles(named.filter((place) => place.on !== 'none'));
    const others = named.filter((place) => place.on !== 'listener' && place.on !== 'session'
      && (place.on !== 'none' || call.place < 0));
    const none = others.filter((place) => place.on === 'none' && call.place < 0);
    return this.withoutFiles([none, others, named].find(({ length }) => length > 0) ?? []);
  }

  withoutFiles(places) {
    const rest = places.filter((place) => place.on !== 'file');
    return this.film.isFiles || rest.length === 0 ? places : rest;
  }

  longest({ name, thread }) {
    const { role, calls } = this.film.threads[thread];
    if (role !== 'main') return undefined;
    return calls.filter((each) => each.name === name)
      .reduce((best, each) => (each.end - each.start > best.end - best.start ? each : best));
  }

  // The places of the calls before and after this one, as far as they are certain.
  around(call) {
    const { calls } = this.film.threads[call.thread];
    const at = calls.indexOf(call);
    const near = [...calls.slice(Math.max(0, at - 6), at), ...calls.slice(at + 1, at + 5)];
    return near.map((each) => this.fitting(each)).filter(({ length }) => length === 1).flat();
  }
}

function nearness(place, other) {
  if (place.name === other.name && place.file === other.file) return 3;
  if (place.file !== other.file) return 0;
  const related = place.near.includes(other.name) || other.near.includes(place.name);
  const shared = place.near.filter((name) => other.near.includes(name)).length;
  return 0.5 + (related ? 2 : shared / 10);
}
