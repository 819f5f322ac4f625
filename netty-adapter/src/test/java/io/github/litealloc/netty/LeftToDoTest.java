package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the stack or the heap is too small for is done by whoever comes next. */
final class LeftToDoTest {

  private final List<String> done = new ArrayList<>();
  private String failsOnce = "nothing";

  private final LeftToDo leftToDo =
      new LeftToDo(() -> run("clock"), () -> run("look"), () -> run("end"));

  private void run(String what) {
    if (failsOnce.equals(what)) {
      failsOnce = "nothing";
      throw new StackOverflowError("by the test");
    }
    done.add(what);
  }

  private void doAllInVain() {
    assertThatThrownBy(leftToDo::doAll).isInstanceOf(StackOverflowError.class);
  }

  @Test
  void doAll_doesWhatWasAskedForOnce() {
    leftToDo.doAll();
    leftToDo.note();
    leftToDo.doAll();
    assertThat(done).isEmpty();

    leftToDo.startClock();
    leftToDo.lookAfterEnd();
    leftToDo.endArena();
    leftToDo.doAll();
    leftToDo.doAll();
    assertThat(done).containsExactly("clock", "look", "end");
    assertThat(leftToDo.isAny).isFalse();
  }

  @Test
  void doAll_clockThatWasNotStarted_isStartedByTheNext() {
    leftToDo.startClock();
    failsOnce = "clock";
    doAllInVain();
    assertThat(leftToDo.isAny).isTrue();
    leftToDo.doAll();
    assertThat(done).contains("clock").doesNotContain("end");
  }

  @Test
  void doAll_endThatWasNotLookedAfter_isByTheNext() {
    leftToDo.lookAfterEnd();
    failsOnce = "look";
    doAllInVain();
    leftToDo.doAll();
    assertThat(done).contains("look").doesNotContain("end");
  }

  @Test
  void doAll_arenaThatWasNotEnded_isByTheNext() {
    leftToDo.endArena();
    failsOnce = "end";
    doAllInVain();
    leftToDo.doAll();
    assertThat(done).contains("end");
  }

  /** It was reached by none of it. */
  @Test
  void doAll_whatComesAfterTheFailure_isDoneByTheNext() {
    leftToDo.lookAfterEnd();
    leftToDo.endArena();
    failsOnce = "look";
    doAllInVain();
    assertThat(done).isEmpty();
    leftToDo.doAll();
    assertThat(done).contains("look", "end");
  }
}
