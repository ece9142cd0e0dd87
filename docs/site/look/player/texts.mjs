// All words of the player, by language. A Korean edition adds its own table.
import { TIMED_OUT } from '../../../timelines/lib/moment.mjs';

const TEXTS = {
  en: {
    player: 'Player',
    play: 'Play',
    pause: 'Pause',
    back: 'Previous event',
    forward: 'Next event',
    time: 'Time',
    speed: 'Speed',
    models: 'Model',
    program: 'Program',
    windows: 'Windows',
    threads: 'Threads',
    buffers: 'Buffers',
    port: 'Completion port',
    block: 'block',
    noPacket: 'no packet known',
    ownCode: 'its own code',
    afterCall: (call) => `after ${call}`,
    stop: 'stop',
    states: {
      running: 'runs',
      blocked: 'blocked in a call',
      alertable: 'waits alertably',
      spinning: 'asks in vain',
      routine: 'completion routine',
      callback: 'pool callback',
      pooled: 'in the pool',
      absent: 'not there',
    },
    kinds: { receive: 'receive', send: 'send' },
    fileKinds: { receive: 'read', send: 'write' },
    milliseconds: (time) => `${time.toFixed(time < 10 ? 2 : 1)} ms`,
    bytes: (count) => (count === 1 ? '1 byte' : `${count} bytes`),
    error: (code) => `error ${code}`,
    timedOut: 'timeout',
    pending: 'pending',
    done: 'done at once',
    client: 'a client',
    calls: (thread, call, place) => `Thread “${thread}” calls ${call}${place ? ` (${place})` : ''}`,
    returns: (thread, call, how) => `In “${thread}”, ${call} returns${how ? `: ${how}` : ''}`,
    routineBegins: (thread, of) => `In “${thread}”, the routine of ${of} begins`,
    routineEnds: (thread) => `In “${thread}”, the routine returns`,
    callbackBegins: (thread, of) => `In “${thread}”, the callback for ${of} begins`,
    callbackEnds: (thread) => `In “${thread}”, the callback returns`,
    collects: (place, kind, outcome) => `${place ? `${place}’s` : 'the'} ${kind}, ${outcome}`,
    more: (first, count) => `${first} +${count}`,
    takesStop: 'the packet that was posted',
    or: ' or ',
    lentInCall: 'A buffer below the line is lent to Windows, for as long as the call runs.',
    lentInEither: 'A buffer below the line is lent to Windows: in models 1 and 2 for as long as the '
      + 'call runs, in models 3 to 5 for as long as its operation is in flight.',
    lentInFlight: 'A buffer below the line is lent to Windows, for as long as its operation is in '
      + 'flight.',
    holds: 'Beside a thread stands the packet that it has taken.',
    blocks: 'A block below the line is lent to Windows. The recording does not say which of its blocks '
      + 'the program lends.',
    limits: 'What the recording cannot know: when Windows completes a pending operation. Here it stays '
      + 'in flight until the program collects it.',
    packets: 'Its packet shows when a thread takes it.',
    packetsAtOnce: 'The packet of an operation that was done at once shows when its call has returned.',
  },
};

/** What begins or ends at a moment, in words. `stage`: of whose film. */
export function eventWords(words, { film, kinds }, { call, begins }) {
  const thread = film.threads[call.thread].label;
  const { label } = film.places[call.place] ?? {};
  const place = [call.name, thread].includes(label) ? '' : label;
  if (call.routine) return routineWords(words, film.threads[call.thread], call, begins);
  if (begins) return words.calls(thread, call.name, place);
  return words.returns(thread, call.name, howItEnded(words, film, kinds, call));
}

function routineWords(words, { label, called }, call, begins) {
  const isCallback = called === 'callback';
  if (!begins) return isCallback ? words.callbackEnds(label) : words.routineEnds(label);
  const of = call.collects[0]?.started.name ?? '';
  return isCallback ? words.callbackBegins(label, of) : words.routineBegins(label, of);
}

function howItEnded(words, film, kinds, call) {
  const [collected, ...more] = call.collects.filter((each) => each !== call.starts);
  if (collected) {
    const first = collectedWords(words, film, kinds, collected);
    return more.length > 0 ? words.more(first, more.length) : first;
  }
  if (call.takesPost) return words.takesStop;
  if (call.starts && call.outcome === 0) return call.starts.atOnce ? words.done : words.pending;
  if (/^accept$/.test(call.name) && call.outcome === 0) return words.client;
  const counts = /^(recv|send|ReadFile|WriteFile)$/.test(call.name);
  return counts || call.outcome !== 0 ? outcomeWords(words, call.outcome) : '';
}

function collectedWords(words, film, kinds, { kind, place, outcome }) {
  if (kind === 'accept') return outcome < 0 ? words.error(-outcome) : words.client;
  const { label, kind: of } = film.places[place] ?? {};
  return words.collects(of === 'block' ? '' : label, kinds[kind], outcomeWords(words, outcome));
}

function outcomeWords(words, outcome) {
  if (outcome === TIMED_OUT) return words.timedOut;
  return outcome < 0 ? words.error(-outcome) : words.bytes(outcome);
}

/** The words in the language of the page. */
export function wordsFor(language) {
  return TEXTS[language] ?? TEXTS.en;
}
