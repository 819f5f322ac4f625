package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LiveElsewhereTest {

  private static final int PIECE_BYTES = 1_000;

  private final List<Long> told = new ArrayList<>();
  private final LiveElsewhere live = new LiveElsewhere(told::add);

  /** Or a buffer now and then would put off for ever what is due after a large give-back. */
  @Test
  void left_inSmallPieces_isToldOfTogether() {
    int pieces = (int) (LiveElsewhere.TOLD_BYTES / PIECE_BYTES) + 1;
    for (int i = 0; i < 3 * pieces; i++) {
      live.entered(PIECE_BYTES);
      live.left(PIECE_BYTES);
    }

    assertThat(told)
        .containsExactly(
            (long) pieces * PIECE_BYTES, (long) pieces * PIECE_BYTES, (long) pieces * PIECE_BYTES);
    assertThat(live.bytes()).isZero();
    assertThat(live.buffers()).isZero();
  }

  @Test
  void left_nobodyIsToHear_isCountedAllTheSame() {
    LiveElsewhere quiet = new LiveElsewhere(null);
    quiet.entered(PIECE_BYTES);
    assertThat(quiet.bytes()).isEqualTo(PIECE_BYTES);
    quiet.left(PIECE_BYTES);
    assertThat(quiet.bytes()).isZero();
  }

  /** It has left by then, and nobody tells of it once more. */
  @Test
  void left_whoeverIsToHearHasNoStack_isCountedAllTheSame() {
    LiveElsewhere failing =
        new LiveElsewhere(
            bytes -> {
              throw new StackOverflowError("by the test");
            });
    int bytes = (int) LiveElsewhere.TOLD_BYTES;
    failing.entered(bytes);
    failing.left(bytes);
    assertThat(failing.bytes()).isZero();
    assertThat(failing.buffers()).isZero();
  }

  /** Whoever had no stack to call it does that. */
  @Test
  void whatWasNotCounted_isCountedByItsFields() {
    live.entered(PIECE_BYTES);
    synchronized (live) {
      live.uncountedBuffers--;
      live.uncountedBytes -= PIECE_BYTES;
    }
    assertThat(live.bytes()).isZero();
    assertThat(live.buffers()).isZero();
    live.entered(PIECE_BYTES);
    assertThat(live.bytes()).isEqualTo(PIECE_BYTES);
    assertThat(live.buffers()).isEqualTo(1);
  }
}
