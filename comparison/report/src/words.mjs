// All words of the page and of the picture, by language. Texts of the results are not among them;
// those that every run has are, in Korean, in scenario_words.mjs.
import { FIGURES, SCENARIOS } from './scenario_words.mjs';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August',
  'September', 'October', 'November', 'December'];
const NOUNS = {
  en: { connections: 'connection', silent: 'silent client' },
  ko: { connections: '연결', silent: '말 없는 클라이언트' },
};

// Numbers come as texts. Where an element or a model's name stands among words, a list is given
// back: texts, and what was given.
const TEXTS = {
  en: {
    other: { language: 'ko', name: '한국어' },
    scenarios: {}, // as the results have them
    figures: {},

    title: 'The comparison',
    titleAt: (moment) => `The comparison, ${moment}`,
    tutorial: 'Windows I/O, step by step',
    lede: (peers) => `The tutorial\u2019s models${peers ? ' and their peers' : ''}, set to the same `
      + 'work: what each costs, and where each breaks.',
    noResults: (program) => ['This page has no results yet: it is the template that ', program,
      ' fills.'],
    badResults: (fault) => `The file of results ${fault}.`,
    faults: {
      noJson: 'is not JSON',
      noResults: 'holds no results of comparison',
      format: (found, wanted) => `is in format ${found}; format ${wanted} is wanted`,
      noList: (name) => `has no list of ${name}`,
      noKinds: 'is too old: it does not say what kind each call is of',
    },
    when: 'When',
    system: 'System',
    processor: 'Processor',
    commit: 'Commit',
    compiler: 'Compiler',
    run: 'Run',
    systemOn: (system, host) => `${system} on ${host}`,
    processors: (number) => many(number, 'processor'),
    measured: (mode, number) => `${mode}, ${many(number, 'measurement')}`,
    day: (year, month, day) => `${day} ${MONTHS[month - 1]} ${year}`,
    moment: (day, time) => `${day}, ${time} UTC`,
    scenariosList: 'Scenarios',
    allFigures: 'all figures',
    beforeMeans: '\u201cA before B\u201d is said only where A\u2019s worst round is better than '
      + 'B\u2019s best by 10 %.',
    interrupted: 'Interrupted',
    wasInterrupted: 'This run was interrupted. What had been finished is here; the rest was not '
      + 'measured, and the table says how many rounds a row has.',
    underWine: (version) => `Measured under Wine ${version}, not on Windows`,
    whatCarries: 'Carries over to Windows',
    thisCarries: 'How many threads there are, what a silent client costs in memory beside its '
      + 'thread (a thread costs more here: about 1 MiB is resident for each), how many calls an echo '
      + 'takes, who waits for whom, and where a model stops.',
    whatStays: 'Does not',
    thisStays: 'Requests and MB a second, latency, fairness, processor time, context switches, and '
      + 'the free share of a copy. Under Wine every call on a socket is a message to one server '
      + 'process, and all models wait for that process; a file is read and written inside the call.',
    aloud: 'Inconvenient, and true',
    method: 'How: ',
    itsFigures: 'Its figures',
    models: 'Models',
    troubles: 'Failed or stopped',
    atPlace: (place) => ` at ${place}`,
    figuresEyebrow: 'the table',
    figuresTitle: 'All figures',
    figuresSee: 'The median of the rounds, and below it the lowest and the highest. A dash: not '
      + 'measured. The heads of the columns sort.',
    madeBy: (command) => ['Made by ', command, '. Charts: Observable Plot. This page is one file and '
      + 'asks for nothing from the network.'],

    noneApart: 'The rounds do not tell them apart.',
    notApart: 'not told apart by the rounds',
    allClaims: 'All that the rounds say',
    before: ' before ',
    between: [', ', ' and '], // equals, and the last two of them
    claimAt: (place) => `at ${place}`,
    mainClaim: (place, title) => (place ? `At ${place}, ${title}: ` : `${title}: `),
    figureAt: (title, place) => (place ? `${title} at ${place}` : title),
    blockingLeads: (blocking, wine, figures) => [
      `A thread per connection does well${wine ? ' under Wine' : ' here'}: `, blocking,
      ` is the best, or not told apart from the best, in ${figures.join('; ')}.`],
    blockingTies: (blocking, port, wine, figures) => ['The rounds do not tell ', blocking,
      ', a thread per connection, from ', port,
      `${wine ? ' under Wine' : ' here'} in ${figures.join('; ')}.`],
    comesAfter: (scenario, port, places) => [`In \u201c${scenario}\u201d, `, port, ' comes after ',
      ...places.flatMap(({ who, figure }, index) =>
        [index > 0 ? '; after ' : '', ...who, ` in ${figure}`]), '.'],
    notWhole: (failed, stopped) => {
      const parts = [failed > 0 ? `${many(failed, 'run')} failed` : '',
        stopped > 0 ? `${many(stopped, 'run')} stopped before the end` : ''].filter(Boolean);
      const subject = failed + stopped === 1 ? 'It' : 'Each';
      return `${parts.join(' and ')}. ${subject} is in its chart and in the table, with the reason.`;
    },

    failed: (reason) => `failed: ${reason}`,
    roundsMissing: (done, all) => `${done} of ${all} rounds`,
    place: (by, numbers) => {
      const noun = NOUNS.en[by];
      return noun ? many(list(numbers), noun) : `${by} ${list(numbers)}`;
    },

    better: { higher: 'higher is better', lower: 'lower is better' },
    carries: 'carries over to Windows',
    stays: 'under Wine only',
    calls: 'calls per echo',
    callKinds: { moves: 'moves bytes', waits: 'waits', other: 'other calls' },
    measure: (number, unit) => `${number} ${unit}`,
    change: (from, to) => `${from}, and ${to}`,
    notMeasured: 'not measured',
    parameter: (by) => by,
    axis: (by) => (by === 'silent' ? 'silent clients' : by),
    over: (title, by) => `${title}, over ${by}.`,
    valueAt: (value, place) => `${value} at ${place}`,
    nothing: 'Nothing was measured.',

    figuresTable: (scenario) => `${scenario}: figures`,
    callsTable: (scenario, place) => `${scenario}: calls, ${place}`,
    model: 'model',
    rounds: 'rounds',
    call: 'call',
    roundsDone: (done, all) => `${done} of ${all}`,
    reason: 'stopped, or failed',

    pictureTitle: 'The models side by side',
    pictureCarries: '\u2192 carries over',
    pictureStays: '\u00d7 under Wine only',
    pictureCommit: (commit) => `commit ${commit}`,
  },
  ko: {
    other: { language: 'en', name: 'English' },
    scenarios: SCENARIOS,
    figures: FIGURES,

    title: '비교',
    titleAt: (moment) => `비교, ${moment}`,
    tutorial: '한 걸음씩 배우는 Windows I/O',
    lede: (peers) => `튜토리얼의 모델${peers ? '과 다른 프로그램' : ''}에 같은 일을 시킨다. 저마다 비용이 `
      + '얼마나 들고 어디까지 감당하는지 본다.',
    noResults: (program) => ['이 페이지에는 아직 결과가 없다. ', program, '이 결과를 채워 넣을 틀이다.'],
    badResults: (fault) => `결과 파일을 읽을 수 없다. ${fault}.`,
    faults: {
      noJson: 'JSON이 아니다',
      noResults: 'comparison의 결과가 아니다',
      format: (found, wanted) => `형식이 ${found}이다. 필요한 형식은 ${wanted}이다`,
      noList: (name) => `${name} 목록이 없다`,
      noKinds: '너무 오래되어, 호출마다 어떤 종류인지 적혀 있지 않다',
    },
    when: '일시',
    system: '시스템',
    processor: '프로세서',
    commit: '커밋',
    compiler: '컴파일러',
    run: '실행',
    systemOn: (system, host) => `${host}의 ${system}`,
    processors: (number) => `프로세서 ${number}개`,
    measured: (mode, number) => `${MODES[mode] ?? mode}, 측정 ${number}번`,
    day: (year, month, day) => `${year}년 ${month}월 ${day}일`,
    moment: (day, time) => `${day} ${time} UTC`,
    scenariosList: '시나리오',
    allFigures: '모든 수치',
    beforeMeans: '\u201cA, 그다음 B\u201d는 A의 가장 나쁜 라운드가 B의 가장 좋은 라운드보다 10% 이상 '
      + '나을 때만 쓴다.',
    interrupted: '중단됨',
    wasInterrupted: '이 실행은 중단되었다. 그때까지 끝난 것은 여기에 있고, 나머지는 재지 않았다. 행마다 '
      + '몇 라운드를 돌렸는지는 표에 있다.',
    underWine: (version) => `Windows가 아니라 Wine ${version}에서 쟀다`,
    whatCarries: 'Windows에도 통하는 것',
    thisCarries: '스레드의 수, 말 없는 클라이언트 하나에 드는 메모리(스레드의 몫은 빼고. 여기서는 '
      + '스레드마다 약 1 MiB가 상주 메모리에 있어 더 든다), 에코 하나에 드는 호출의 수, 누가 누구를 '
      + '기다리는지, 모델이 어디까지 감당하는지.',
    whatStays: '통하지 않는 것',
    thisStays: '초당 요청 수와 MB/s, 지연 시간, 공정성, 프로세서 시간, 컨텍스트 스위칭, 복사의 자유 '
      + '비율. Wine에서는 소켓을 쓰는 호출 하나하나가 한 서버 프로세스에 보내는 메시지이고, 모든 모델이 '
      + '그 프로세스를 기다린다. 파일은 호출 안에서 읽고 쓴다.',
    aloud: '불편하지만 사실인 것',
    method: '재는 방법: ',
    itsFigures: '이 시나리오의 수치',
    models: '모델',
    troubles: '실패했거나 도중에 끝난 실행',
    atPlace: (place) => `, ${place}`,
    figuresEyebrow: '표',
    figuresTitle: '모든 수치',
    figuresSee: '라운드의 중앙값이고, 그 아래는 최솟값과 최댓값이다. 줄표는 재지 않았다는 뜻이다. 열의 '
      + '제목을 누르면 그 열을 기준으로 정렬된다.',
    madeBy: (command) => ['만든 명령: ', command, '. 차트는 Observable Plot으로 그렸다. 이 페이지는 파일 '
      + '하나이고, 네트워크에서 아무것도 가져오지 않는다.'],

    noneApart: '라운드로는 앞뒤를 가릴 수 없다.',
    notApart: '라운드로는 앞뒤를 가릴 수 없다',
    allClaims: '라운드로 알 수 있는 것 모두',
    before: ', 그다음 ',
    between: ['\u00a0\u00b7 ', '\u00a0\u00b7 '], // some names have a comma
    claimAt: (place) => `${place}일 때`,
    mainClaim: (place, title) => (place ? `${place}일 때 ${title}: ` : `${title}: `),
    figureAt: (title, place) => (place ? `${title}(${place})` : title),
    blockingLeads: (blocking, wine, figures) => [
      `연결마다 스레드를 두어도 ${wine ? 'Wine에서는' : '여기서는'} 성적이 좋다. `, blocking,
      `은 ${figures.join(', ')}에서 가장 좋거나, 가장 좋은 것과 앞뒤를 가릴 수 없다.`],
    blockingTies: (blocking, port, wine, figures) => [
      `${wine ? 'Wine에서' : '여기서'} 연결마다 스레드를 두는 `, blocking, '과 ', port,
      `는 ${figures.join(', ')}의 라운드로는 앞뒤를 가릴 수 없다.`],
    comesAfter: (scenario, port, places) => [`\u201c${scenario}\u201d 시나리오의 `, port, '는 ',
      ...places.flatMap(({ who, figure }, index) =>
        [index > 0 ? '에, ' : '', `${figure}에서 `, ...who]), '에 뒤진다.'],
    notWhole: (failed, stopped) => {
      const parts = [failed > 0 ? `실패한 실행이 ${failed}개` : '',
        stopped > 0 ? `도중에 끝난 실행이 ${stopped}개` : ''].filter(Boolean);
      return `${parts.join(', ')} 있다. 이유와 함께 차트와 표에 나온다.`;
    },

    failed: (reason) => `실패: ${reason}`,
    roundsMissing: (done, all) => `${all}라운드 가운데 ${done}라운드`,
    place: (by, numbers) => (NOUNS.ko[by] ? `${NOUNS.ko[by]} ${numbers.join(', ')}개`
      : `${by} ${numbers.join(', ')}`),

    better: { higher: '클수록 좋다', lower: '작을수록 좋다' },
    carries: 'Windows에도 통한다',
    stays: 'Wine에서만 맞다',
    calls: '에코 하나에 드는 호출',
    callKinds: { moves: '바이트 이동', waits: '대기', other: '그 밖의 호출' },
    measure: (number, unit) => (unit === 'per echo' ? `에코 하나에 ${number}번`
      : `${number} ${unit}`),
    change: (from, to) => `${from}, 그리고 ${to}`,
    notMeasured: '재지 않음',
    parameter: (by) => NOUNS.ko[by] ?? by,
    axis: (by) => NOUNS.ko[by] ?? by,
    over: (title, by) => `${by}에 따른 ${title}.`,
    valueAt: (value, place) => `${place}에서 ${value}`,
    nothing: '잰 것이 없다.',

    figuresTable: (scenario) => `${scenario}: 수치`,
    callsTable: (scenario, place) => `${scenario}: 호출, ${place}`,
    model: '모델',
    rounds: '라운드',
    call: '호출',
    roundsDone: (done, all) => `${all} 중 ${done}`,
    reason: '도중에 끝났거나 실패한 이유',

    pictureTitle: '나란히 놓은 모델',
    pictureCarries: '\u2192 Windows에도 통한다',
    pictureStays: '\u00d7 Wine에서만 맞다',
    pictureCommit: (commit) => `커밋 ${commit}`,
  },
};

// Of the runs that comparison knows.
const MODES = { quick: '빠른 실행', full: '전체 실행', custom: '직접 정한 실행' };

function many(number, noun) {
  return `${number} ${noun}${String(number) === '1' ? '' : 's'}`;
}

// "A, B and C".
function list(items) {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

export const LANGUAGES = Object.keys(TEXTS);

/** The words of the language that is spoken: English, until speak() says otherwise. */
export let words = TEXTS.en;

/** Chooses the language, one of LANGUAGES. A page or a picture has one, chosen before it is drawn. */
export function speak(language) {
  words = TEXTS[language];
}

/** The language of a page: `search` of its address names it, else the reader prefers one. */
export function languageOf(search, preferred) {
  const asked = new URLSearchParams(search).get('lang');
  if (LANGUAGES.includes(asked)) return asked;
  return /^ko\b/i.test(preferred) ? 'ko' : 'en';
}
