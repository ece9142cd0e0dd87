// All words of the player, by language.
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
  ko: {
    player: '재생기',
    play: '재생',
    pause: '일시 정지',
    back: '한 단계 뒤로',
    forward: '한 단계 앞으로',
    time: '시간',
    speed: '속도',
    models: '모델',
    program: '프로그램',
    windows: 'Windows',
    threads: '스레드',
    buffers: '버퍼',
    port: '완료 포트',
    block: '블록',
    noPacket: '확인된 완료 통지 없음',
    ownCode: '프로그램의 코드',
    afterCall: (call) => `${call} 다음`,
    stop: '정지',
    states: {
      running: '실행',
      blocked: '호출 안에서 블로킹됨',
      alertable: 'Alertable 대기',
      spinning: '헛되이 물어봄',
      routine: '완료 루틴',
      callback: '풀의 콜백',
      pooled: '풀에 있음',
      absent: '없음',
    },
    kinds: { receive: '수신', send: '송신' },
    fileKinds: { receive: '읽기', send: '쓰기' },
    milliseconds: (time) => `${time.toFixed(time < 10 ? 2 : 1)} ms`,
    bytes: (count) => `${count}바이트`,
    error: (code) => `오류 ${code}`,
    timedOut: '타임아웃',
    pending: '보류 중',
    done: '즉시 완료됨',
    client: '클라이언트 하나',
    calls: (thread, call, place) =>
      `스레드 “${thread}”에서 ${call} 호출이 시작된다${place ? ` (${place})` : ''}`,
    returns: (thread, call, how) =>
      `스레드 “${thread}”에서 ${call} 호출이 돌아온다${how ? ` (${how})` : ''}`,
    routineBegins: (thread, of) => `스레드 “${thread}”에서 ${of}의 완료 루틴이 시작된다`,
    routineEnds: (thread) => `스레드 “${thread}”에서 완료 루틴이 끝난다`,
    callbackBegins: (thread, of) => `스레드 “${thread}”에서 ${of}의 콜백이 시작된다`,
    callbackEnds: (thread) => `스레드 “${thread}”에서 콜백이 끝난다`,
    collects: (place, kind, outcome) => `${place ? `${place}의 ` : ''}${kind}, ${outcome}`,
    more: (first, count) => `${first} 외 ${count}개`,
    takesStop: '프로그램이 직접 큐에 넣은 완료 통지',
    or: ' 또는 ',
    lentInCall: '선 아래의 버퍼는 호출이 돌아올 때까지 Windows에 빌려준 것이다.',
    lentInEither: '선 아래의 버퍼는 Windows에 빌려준 것이다. 모델 1과 2에서는 호출이 돌아올 때까지, 모델 '
      + '3에서 5까지는 작업이 진행 중인 동안 빌려준다.',
    lentInFlight: '선 아래의 버퍼는 작업이 진행 중인 동안 Windows에 빌려준 것이다.',
    holds: '스레드 옆에는 그 스레드가 꺼낸 완료 통지가 있다.',
    blocks: '선 아래의 블록은 Windows에 빌려준 것이다. 프로그램이 어느 블록을 빌려주는지는 기록에 없다.',
    limits: '보류 중인 작업을 Windows가 언제 완료하는지는 기록으로 알 수 없다. 여기서는 프로그램이 회수할 '
      + '때까지 작업이 진행 중인 것으로 나타낸다.',
    packets: '완료 통지는 스레드가 꺼낼 때 나타난다.',
    packetsAtOnce: '즉시 완료된 작업의 완료 통지는 그 작업을 시작한 호출이 돌아왔을 때 나타난다.',
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
  return TEXTS[language.slice(0, 2)] ?? TEXTS.en;
}
