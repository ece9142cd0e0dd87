// The notes below the picture: the colours of the threads, and the limits of the recording.
import { add } from './stage.mjs';

/** Adds the notes on `films` to `player`; `legend`: whether the colours are among them. */
export function addNotes(player, words, films, legend) {
  const notes = add(player, 'div', 'player-notes');
  if (legend) addLegend(notes, words, films);
  const hasPort = films.some((film) => film.hasPort);
  const hasOperations = films.some((film) => film.operations.length > 0);
  const hasCalls = films.some((film) => film.operations.length === 0);
  const lent = films[0].isFiles ? words.blocks
    : !hasOperations ? words.lentInCall : hasCalls ? words.lentInEither : words.lentInFlight;
  const first = add(notes, 'p', '', lent);
  // A class of its own: a narrow screen shows no packet beside a thread.
  if (hasPort) add(first, 'span', 'player-holds', ` ${words.holds}`);
  if (!hasOperations) return;
  const limits = [words.limits];
  if (hasPort) limits.push(words.packets);
  if (films.some(queuesAtOnce)) limits.push(words.packetsAtOnce);
  add(notes, 'p', '', limits.join(' '));
}

// Whether an operation that is done at once has a packet: a server may ask for none.
function queuesAtOnce(film) {
  return film.hasPort && film.operations.some(
    ({ atOnce, collector, started }) => atOnce && collector && collector !== started);
}

function addLegend(notes, words, films) {
  const list = add(notes, 'ul', 'player-legend');
  const used = new Set(films.flatMap((film) => [
    'running', ...(film.threads.some(({ role }) => role === 'pool') ? ['pooled'] : []), ...film.calls.map((call) => (call.routine ? film.threads[call.thread].called : call.state))]));
  for (const [state, name] of Object.entries(words.states)) {
    if (!used.has(state)) continue;
    const item = add(list, 'li');
    item.dataset.state = state;
    add(item, 'span', 'swatch');
    item.append(name);
  }
}
