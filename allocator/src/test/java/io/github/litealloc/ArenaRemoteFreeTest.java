package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What an arena does with releases that other threads have handed over. */
final class ArenaRemoteFreeTest {

  private final Arena arena = Arena.builder().checked(false).build();

  private static final class Release extends LinkedRemoteFree {
    private int frees;

    @Override
    public void freeOnOwner() {
      frees++;
    }
  }

  @Test
  void allocate_onAnUncheckedArena_takesInWhatWaits() {
    Release waiting = new Release();
    arena.allocate(100);
    arena.remoteFree(waiting);
    arena.allocate(100);
    assertThat(waiting.frees).isEqualTo(1);
    arena.reset();
    arena.close();
  }

  @Test
  void drainRemoteFrees_severalWait_freesAndUnlinksAll() {
    Release first = new Release();
    Release second = new Release();
    assertThat(arena.remoteFree(first)).isTrue();
    assertThat(arena.remoteFree(second)).isFalse();
    assertThat(arena.drainRemoteFrees()).isEqualTo(2);
    assertThat(first.frees).isEqualTo(1);
    assertThat(second.frees).isEqualTo(1);
    assertThat(second.nextRemoteFree()).isNull();
    arena.close();
  }

  @Test
  void remoteFree_onAnArenaThatWasClosedMeanwhile_freesNothingElse() {
    arena.close();
    Release other = new Release();
    Release released = new Release();
    released.setNextRemoteFree(other); // as by a push that met another one, and then the end
    assertThat(arena.remoteFree(released)).isFalse();
    assertThat(released.frees).isEqualTo(1);
    assertThat(other.frees).isZero();
  }

  /**
   * What is freed may allocate, while others release: all is taken in when the owner next looks.
   */
  @Test
  void freeOnOwner_allocatesWhileOthersRelease_strandsNobody() {
    Release late = new Release();
    LinkedRemoteFree allocating =
        new LinkedRemoteFree() {
          @Override
          public void freeOnOwner() {
            elsewhere(() -> arena.remoteFree(late));
            arena.free(arena.allocate(32), 32);
          }
        };
    long block = arena.allocate(64);
    elsewhere(() -> arena.remoteFree(allocating));
    for (int i = 0; i < 3; i++) {
      arena.allocate(16);
    }
    assertThat(late.frees).isEqualTo(1);
    arena.free(block, 64);
    arena.reset();
    arena.close();
  }

  /** A free that is put off is the owner's affair: others must still hear that they come first. */
  @Test
  void remoteFree_afterAFreeFromWithinAnOperation_saysThatItIsTheFirst() {
    Arena[] growing = new Arena[1];
    long[] block = {Blocks.NO_BLOCK};
    growing[0] =
        Arena.builder()
            .checked(false)
            .onGrowth(
                () -> {
                  if (block[0] != Blocks.NO_BLOCK) {
                    growing[0].free(block[0], 1_000);
                    block[0] = Blocks.NO_BLOCK;
                  }
                })
            .build();
    try (Arena grown = growing[0]) {
      block[0] = grown.allocate(1_000);
      long large =
          grown.allocate(200 * 1024); // a new chunk: the listener frees in the middle of it
      assertThat(block[0]).isEqualTo(Blocks.NO_BLOCK);
      boolean[] isFirst = new boolean[1];
      elsewhere(() -> isFirst[0] = grown.remoteFree(large, 200 * 1024));
      assertThat(isFirst[0]).isTrue();
      grown.drainRemoteFrees();
      assertThat(grown.statistics().liveBlocks()).isZero();
    }
  }

  private static void elsewhere(Runnable task) {
    Thread thread = new Thread(task, "elsewhere");
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
