# All that the tool says, by language. Where @name@ stands, there comes the caller's variable of that name.

# words(KEY VARIABLE): the text for KEY in the reader's language.
function(words key variable)
  string(CONFIGURE "${${language}_${key}}" text @ONLY)
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

set(en_usage "Usage: @COMMAND@ [VERB] [NAME]

  (nothing), list  all exercises: what is done, and what comes next
  next             the next exercise, or the one that you have begun
  NAME             its task; puts the files to change into my/NAME
  check [NAME]     builds them and checks them
  watch [NAME]     does so at each save, until Ctrl+C
  hint [NAME]      one more hint, below those that you have seen
  solution [NAME]  ours, and why: once you have passed, or if you ask twice
  reset [NAME]     begins again; your files stay, under other names
  help             this text

NAME is the number (1.1), the word or its beginning, or both as the folder has them. Without
it, the verbs are about the exercise that you looked at last.")
set(ko_usage "사용법: @COMMAND@ [명령] [이름]

  (없음), list     모든 연습 문제. 통과한 것과 다음에 풀 것을 알려 준다
  next             다음 연습 문제, 또는 풀고 있던 것
  이름             문제를 보여 주고, 고칠 파일을 my/이름에 둔다
  check [이름]     그 파일을 빌드하고 검사한다
  watch [이름]     저장할 때마다 검사한다. Ctrl+C를 누르면 끝난다
  hint [이름]      지금까지 본 힌트에 하나를 더 보여 준다
  solution [이름]  우리 답과 그 이유. 통과한 뒤에, 또는 두 번 물으면 보여 준다
  reset [이름]     처음부터 다시 한다. 고치던 파일은 다른 이름으로 남는다
  help             이 도움말

이름에는 번호(1.1), 단어(unstoppable)나 그 앞부분(unst), 폴더 이름(1.1_unstoppable)을
쓴다. 이름을 쓰지 않으면 마지막으로 본 연습 문제를 뜻한다.")

# --- What is asked for -----------------------------------------------------------------------------

set(en_run_takes "run takes a name and a program.")
set(ko_run_takes "run에는 이름과 프로그램을 쓴다.")
set(en_takes_one_name "@verb@ takes one name.")
set(ko_takes_one_name "@verb@에는 이름을 하나만 쓴다.")
set(en_takes_no_name "@verb@ takes no name.")
set(ko_takes_no_name "@verb@에는 이름을 쓰지 않는다.")
set(en_takes_no_second_word "@verb@ takes no second word.")
set(ko_takes_no_second_word "@verb@ 뒤에는 다른 단어를 쓰지 않는다.")
set(en_no_verb "There is no verb \"@verb@\".")
set(ko_no_verb "그런 명령은 없다: \"@verb@\".")
set(en_which "Which exercise? \"@COMMAND@\" lists them; \"@COMMAND@ next\" begins with the first.")
set(ko_which "어느 연습 문제인가? \"@COMMAND@\"는 목록을 보여 주고, \"@COMMAND@ next\"는 첫 문제부터 시작한다.")
set(en_last_is_gone "The exercise that you looked at last, @wanted@, is there no more.")
set(ko_last_is_gone "마지막으로 본 연습 문제가 이제 없다: @wanted@")
set(en_no_exercise "There is no exercise \"@wanted@\", and no such verb. \"@COMMAND@\" lists the \
exercises, \"@COMMAND@ help\" the verbs.")
set(ko_no_exercise "그런 연습 문제도, 명령도 없다: \"@wanted@\". \"@COMMAND@\"는 연습 문제를, \
\"@COMMAND@ help\"는 명령을 보여 준다.")
set(en_may_be "\"@wanted@\" may be: @found@.")
set(ko_may_be "\"@wanted@\"에 맞는 것이 여럿이다: @found@.")
set(en_may_not_write "You may not write to @my@: make a clone of your own.")
set(ko_may_not_write "@my@에 쓸 권한이 없다. 자기 클론을 만들어 쓴다.")

# --- The list, a task, hints, our solution -----------------------------------------------------------

set(en_state_done "done")
set(ko_state_done "통과")
set(en_state_begun "begun")
set(ko_state_begun "시작")
set(en_state_next "next")
set(ko_state_next "다음")
set(en_minutes "@minutes@ min")
set(ko_minutes "@minutes@분")
set(en_all_are_done "All @count@ are done. What you can do now: docs/what-you-can-do.md")
set(ko_all_are_done "@count@개를 모두 통과했다. 이제 할 수 있는 일: docs/what-you-can-do.ko.md")
set(en_some_are_done "@done@ of @count@ are done. Go on with: @COMMAND@ next")
set(ko_some_are_done "@count@개 가운데 @done@개를 통과했다. 계속하려면: @COMMAND@ next")
set(en_all_done "You have done all exercises. What you can do now: docs/what-you-can-do.md")
set(ko_all_done "연습 문제를 모두 풀었다. 이제 할 수 있는 일: docs/what-you-can-do.ko.md")
set(en_what_to_do "The lesson:   @page@
Change:       @places@
Then:         @COMMAND@ check @number@
If stuck:     @COMMAND@ hint @number@")
set(ko_what_to_do "관련된 장:  @page@
고칠 파일:  @places@
고친 뒤:    @COMMAND@ check @number@
막히면:     @COMMAND@ hint @number@")
set(en_and " and ")
set(ko_and ", ")
set(en_begin_again "Begin again:  @COMMAND@ reset @number@

You have passed this one.")
set(ko_begin_again "다시 하기:  @COMMAND@ reset @number@

이 문제는 이미 통과했다.")
set(en_hint_heading "Hint \\1 of @count@ for @number@ @title@")
set(ko_hint_heading "@number@ @title@: 힌트 \\1/@count@")
set(en_last_hint "That was the last hint. Ours, and why: @COMMAND@ solution @number@")
set(ko_last_hint "마지막 힌트였다. 우리 답과 그 이유: @COMMAND@ solution @number@")
set(en_not_passed_yet "You have not passed @number@ yet. A hint may do: @COMMAND@ hint @number@
To see ours all the same, ask once more: @COMMAND@ solution @number@")
set(ko_not_passed_yet "@number@ 문제를 아직 통과하지 못했다. 힌트로 충분할 수도 있다: @COMMAND@ hint @number@
그래도 답을 보려면 한 번 더 묻는다: @COMMAND@ solution @number@")
set(en_our_files "Our files:")
set(ko_our_files "우리 파일:")
set(en_beside_yours "Beside yours:")
set(ko_beside_yours "나란히 비교하려면:")
set(en_kept "Yours is now my/@name@/@file@.@turn@")
set(ko_kept "고치던 파일은 my/@name@/@file@.@turn@에 남아 있다.")
set(en_begins_again "@name@ begins again, in my/@name@.@kept@
Check it: @COMMAND@ check @number@")
set(ko_begins_again "my/@name@에서 처음부터 다시 시작한다.@kept@
검사하려면: @COMMAND@ check @number@")

# --- Building and checking ----------------------------------------------------------------------------

set(en_not_configured "@BUILD@ is no folder of a build that has been configured.")
set(ko_not_configured "@BUILD@ 폴더에는 구성된 빌드가 없다.")
set(en_preparing "Preparing the build (once)")
set(ko_preparing "빌드를 준비한다(처음 한 번)")
set(en_not_prepared "
The build could not be prepared; the words above say why. Your files have no part in it.")
set(ko_not_prepared "
빌드를 준비하지 못했다. 이유는 위에 있다. 고친 파일 때문은 아니다.")
set(en_with_mingw "With MinGW-w64: cmake --workflow --preset windows-mingw-exercises, and then check again.")
set(ko_with_mingw "MinGW-w64를 쓴다면 cmake --workflow --preset windows-mingw-exercises를 실행하고 다시 검사한다.")
set(en_building_shared "Building what all checks share (once, a minute or two)")
set(ko_building_shared "모든 검사가 함께 쓰는 것을 빌드한다(처음 한 번, 1~2분)")
set(en_shared_not_built "That did not work; it has nothing to do with your files.")
set(ko_shared_not_built "빌드하지 못했다. 고친 파일과는 관계없다.")
set(en_building "Building my/@name@")
set(ko_building "my/@name@의 파일을 빌드한다")
set(en_build_failed "The build has failed, and your files have no part in it.")
set(ko_build_failed "빌드에 실패했다. 고친 파일 때문은 아니다.")
set(en_does_not_compile "It does not compile yet. The first error is the one to look at.")
set(ko_does_not_compile "아직 컴파일되지 않는다. 첫 오류부터 본다.")
set(en_warnings "These are warnings: they stop nothing.")
set(ko_warnings "위의 것은 경고일 뿐이다. 검사는 계속한다.")
set(en_another_check "Another check is running; this one waits for its end.")
set(ko_another_check "다른 검사가 실행되고 있다. 끝나기를 기다린다.")
set(en_ended_itself "the program ended itself, with exit code 0")
set(ko_ended_itself "프로그램이 스스로 끝났다(종료 코드 0)")
set(en_not_to_its_end "The check has not come to its end: @result@")
set(ko_not_to_its_end "검사가 끝까지 가지 못했다: @result@")
set(en_as_it_came "
This is the file as it came, so that it fails is right: to change that is the exercise.")
set(ko_as_it_came "
받은 그대로인 파일이므로 실패하는 것이 맞다. 이 파일을 고쳐 통과하게 만드는 것이 문제다.")
set(en_predict_first
  "Before you do, write your prediction into its first lines: @COMMAND@ @number@ shows what is asked.")
set(ko_predict_first "고치기 전에, 예측을 파일의 첫머리에 적는다. 무엇을 묻는지 보려면: @COMMAND@ @number@")
set(en_a_hint "
A hint: @COMMAND@ hint @number@")
set(ko_a_hint "
힌트를 보려면: @COMMAND@ hint @number@")
set(en_passed_unchanged "
It has passed unchanged, which should not be: on this system the fault does not show. Please \
open an issue that says which system it is.")
set(ko_passed_unchanged "
고치지 않았는데 통과했다. 그래서는 안 된다. 이 시스템에서는 결함이 드러나지 않는다. 어떤 시스템인지 \
이슈로 알려 주기 바란다.")
set(en_passed "PASSED")
set(ko_passed "통과(PASSED)")
set(en_you_predicted "You predicted: @predicted@")
set(ko_you_predicted "예측한 것: @predicted@")
set(en_ours "Ours, to compare: @COMMAND@ solution @number@")
set(ko_ours "비교해 볼 우리 답: @COMMAND@ solution @number@")
set(en_was_the_last "That was the last one. What you can do now: docs/what-you-can-do.md")
set(ko_was_the_last "마지막 문제였다. 이제 할 수 있는 일: docs/what-you-can-do.ko.md")
set(en_next_is "Next: @COMMAND@ next (@number@ @title@)")
set(ko_next_is "다음: @COMMAND@ next (@number@ @title@)")
set(en_watching "
Watching my/@name@. Save to check again; Ctrl+C ends.")
set(ko_watching "
my/@name@ 폴더를 지켜본다. 저장하면 다시 검사하고, Ctrl+C를 누르면 끝난다.")
