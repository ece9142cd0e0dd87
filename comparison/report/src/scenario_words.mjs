// The words of comparison for its scenarios and figures (comparison/scenarios), in Korean, by name. Of
// those that are not here the English words of the results are shown. A title keeps the unit that
// the English one says.

export const SCENARIOS = {
  echo: {
    question: '에코에는 비용이 얼마나 들고, 그 비용은 연결이 늘면 얼마나 느는가?',
    method: '연결마다 64바이트 메시지가 하나씩 오간다. 답이 다 온 뒤에 다음 메시지를 보낸다(닫힌 루프. 서버가 '
      + '멈칫하면 부하도 함께 멈칫한다). 재는 것은 모든 연결을 두 번씩 처리한 뒤부터다. 답은 모두 보낸 '
      + '메시지와 비교한다.',
    see: '연결이 가장 적을 때부터 가장 많을 때까지 스레드와 메모리를 보자. 모델은 거기서 갈린다. 공정성은 가장 '
      + '느린 연결의 몫을 평균으로 나눈 값이다. 1이면 모두 똑같이 처리되었다는 뜻이다.',
  },
  idle: {
    question: '말 없는 클라이언트는 비용이 얼마나 드는가?',
    method: '클라이언트 10개가 echo에서처럼 일한다. 나머지는 한 번 답을 받은 뒤로 말이 없다. 말 없는 클라이언트 '
      + '하나의 메모리는 서버의 상주 메모리가 늘어난 양을 그런 클라이언트의 수로 나눈 값이다.',
    see: '모델이 어디까지 감당하는지, 말 없는 클라이언트 하나에 스레드와 메모리가 얼마나 드는지 보자. 말 없는 '
      + '클라이언트가 있어도 일하는 클라이언트는 느려지지 않아야 한다. (Wine에서는 스레드 스택의 약 1 MiB가 '
      + '처음부터 상주 메모리에 있다. Windows는 스레드가 쓰는 만큼만 메모리에 올린다.)',
  },
  slow_client: {
    question: '읽지 않는 클라이언트 하나를 다른 클라이언트가 기다리는가?',
    method: '보통 클라이언트 20개가 echo에서처럼 일한다. 먼저 이들만으로 재고, 다음에는 보내기만 하고 전혀 읽지 '
      + '않는 클라이언트 하나와 1초에 한 바이트씩 보내는 클라이언트 하나를 더해서 잰다.',
    see: '모델마다 두 지연 시간을 견주어 보자. 모두를 처리하는 스레드가 클라이언트 하나를 기다리는 서버에서는 '
      + '나머지가 아무 답도 받지 못할 것이다.',
  },
  stream: {
    question: '큰 메시지는 얼마나 빨리 돌아오는가?',
    method: '연결은 8개이고, 연결마다 1 MiB 메시지가 하나씩 오간다. 바이트는 돌아올 때 한 번만 센다.',
    see: '서버는 큰 메시지를 조금씩 읽어서 되돌려 보낸다. 그래서 호출이 여러 번 든다. 모델마다 다른 것은 호출 한 '
      + '번이 옮기는 양과, 쓰기가 진행되는 동안에도 읽는지다.',
  },
  copy: {
    question: '파일은 얼마나 빨리 복사되고, 그동안 스레드는 자유로운가?',
    method: '모든 프로그램이 같은 파일을 복사한다. 파일은 캐시에 있고, 사본은 디스크로 플러시하지 않는다. 한 '
      + '라운드에 여러 번 복사하면 가장 빠른 것만 센다. 프로그램이 시작하는 시간도 들어 있다. 그 시간이 '
      + '얼마인지는 빈 파일을 복사해 보면 안다. 자유 비율은 기록에서 나온다. 복사하는 스레드가 바이트를 옮기는 '
      + '호출 밖에 있던 시간의 비율이다.',
    see: 'Overlapped I/O를 쓰는 까닭이 자유 비율이다. ReadFile 안에 있는 스레드는 다른 일을 할 수 없지만, 완료를 '
      + '기다리는 스레드는 다른 일을 할 수도 있다. Wine에서는 호출 안에서 파일을 읽고 쓴다. 그래서 Wine에서 '
      + '남는 것은 프로그램이 스스로 하는 일과 완료를 묻는 시간뿐이다.',
  },
  calls: {
    question: '에코 하나에 호출이 몇 번 드는가?',
    method: '서버가 에코를 수천 번 하면서 자신의 호출을 기록한다(--trace). 시작하고 정지할 때의 호출도 들어 '
      + '있고, 모든 에코에 나뉘어 있다.',
    see: '입출력 호출은 바이트를 옮기거나 옮기기 시작하는 호출이고, 그 수는 Windows에도 통한다. 대기는 무엇이 '
      + '준비되었거나 끝났는지 묻는 호출이다. 클라이언트가 하나면 대기의 수도 통한다. 여럿이면 대기 한 번에 '
      + '완료가 여럿 나올 수 있고, 몇이 나올지는 컴퓨터에 달렸다. 블로킹 recv도 기다리지만 입출력 호출로 센다.',
  },
};

export const FIGURES = {
  requests_per_second: '초당 요청 수',
  requests_per_second_alone: '초당 요청 수(느린 클라이언트 없이)',
  p50_ms: 'p50',
  p99_ms: 'p99',
  p99_alone_ms: 'p99(느린 클라이언트 없이)',
  fairness: '공정성',
  cpu_us_per_request: '요청당 프로세서 시간',
  context_switches_per_request: '요청당 컨텍스트 스위칭',
  threads: '스레드\u00a0수', // not broken in the head of a narrow column
  memory_mib: '메모리',
  idle_memory_mib: '첫 연결 전의 메모리',
  replies: '잰 답의 수',
  load_busy: '부하를 만드는 스레드가 일한 비율',
  silent: '말 없는 클라이언트 수',
  memory_per_silent_kib: '말 없는 클라이언트당 메모리',
  silent_per_second: '초당 연결해 처리한 말 없는 클라이언트 수',
  unread_mib: '읽지 않는 클라이언트에게서 받은 양',
  megabytes_per_second: 'MB/s',
  net_megabytes_per_second: '시작을 뺀 MB/s',
  cpu_us_per_mib: 'MiB당 프로세서 시간',
  start_ms: '시작에 걸린 시간',
  free_share: '자유 비율',
  io_calls_per_echo: '에코 하나에 드는 입출력 호출',
  waits_per_echo: '에코 하나에 드는 대기',
};
