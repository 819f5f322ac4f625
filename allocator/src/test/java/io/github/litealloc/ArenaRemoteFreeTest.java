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
}
