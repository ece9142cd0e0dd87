"""The languages of the site, and its words in each of them.

The English pages lie in the site's own folder, the Korean ones in `ko/`, by the same names. The reference
and the sources are English only: Korean pages lead to them.
"""

from dataclasses import dataclass

from checks.tree import KOREAN_ENDING


@dataclass(frozen=True)
class Language:
    code: str
    name: str     # as its own readers call it
    doxygen: str  # as Doxygen calls it
    suffix: str   # how the names of its files end
    folder: str   # where its pages lie, from the site's own folder
    to_root: str  # the way back
    brief: str    # below the site's name

    # The tree of pages.
    lessons: str
    tasks: str
    details: str
    look_up: str
    calls: str
    reference: str
    files: str
    about: str

    # The ways on, below a page.
    previous: str
    next: str
    back_to: str
    back: str
    previous_and_next: str

    # The front page.
    start: str
    scenario: str
    served: str  # HTML

    # The pages of calls.
    calls_lead: str
    call: str
    first_in: str
    microsoft: str  # HTML, with {}
    in_lessons: str
    in_code: str
    in_tests: str
    uses: str  # {} is a path, and {} its lines

    # The search, and the names of pictures for screen readers.
    search: str
    lesson: str  # with {}
    diagram: str
    sequence: str
    from_to: str  # {} and {}

    def file_of(self, english: str) -> str:
        """The file in this language that stands beside an English one."""
        return english.removesuffix(".md") + self.suffix


ENGLISH = Language(
    code="en", name="English", doxygen="English", suffix=".md", folder="", to_root="",
    brief="step by step",
    lessons="Lessons", tasks="Tasks", details="Details", look_up="Look up", calls="Calls of Windows",
    reference="Reference", files="Files", about="About",
    previous="Previous", next="Next", back_to="Back to", back="Back",
    previous_and_next="Previous and next",
    start="Start with lesson 1",
    scenario="Each of five echo servers serves the same three clients, and the third client reads late. "
             "These are recordings, played slowly.",
    served="You are reading this through a completion port: <code>05_iocp_http</code>, the web server of "
           "chapter 5, serves these pages.",
    calls_lead="What the lessons call, and where each call is spoken of first.",
    call="Call", first_in="First in", microsoft="What Microsoft says of {}",
    in_lessons="In the lessons", in_code="In the code", in_tests="In the tests", uses="{}, line {}",
    search="Search", lesson="Lesson {}", diagram="Diagram", sequence="Sequence", from_to="{} to {}")

KOREAN = Language(
    code="ko", name="한국어", doxygen="Korean", suffix=KOREAN_ENDING, folder="ko/", to_root="../",
    brief="한 걸음씩",
    lessons="장 목록", tasks="문제 목록", details="세부 사항", look_up="찾아보기", calls="Windows API 호출",
    reference="레퍼런스(영어)", files="소스 파일(영어)", about="그 밖에",
    previous="이전", next="다음", back_to="돌아가기", back="돌아가기", previous_and_next="이전과 다음",
    start="1장부터 시작하기",
    scenario="에코 서버 다섯 개가 저마다 똑같은 클라이언트 셋을 상대한다. 셋째 클라이언트는 늦게 읽는다. "
             "실제 기록을 느리게 재생한 것이다.",
    served="지금 이 페이지는 완료 포트를 거쳐 왔다. 5장의 웹 서버 <code>05_iocp_http</code>가 이 사이트를 "
           "내주고 있다.",
    calls_lead="각 장에 나오는 호출과, 그 호출을 처음 설명하는 곳이다.",
    call="호출", first_in="처음 나오는 곳", microsoft="Microsoft의 {} 문서",
    in_lessons="설명하는 곳", in_code="코드", in_tests="테스트", uses="{}, {}행",
    search="검색", lesson="{}장", diagram="그림", sequence="시퀀스", from_to="{} → {}")
