package io.github.litealloc.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairingTest {

  private final Traffic.Builder traffic = new Traffic.Builder();
  private Pairing pairing = new Pairing(false, traffic);
  private long now;

  private Pairing.Seen allocated(int thread, long address, int size) {
    return new Pairing.Seen(Traffic.Kind.ALLOCATE, now++, thread, "a", address, size, 64, 0);
  }

  private Pairing.Seen moving(int thread, long address, int newSize) {
    return new Pairing.Seen(Traffic.Kind.RESIZE, now++, thread, "a", address, 0, 64, newSize);
  }

  private Pairing.Seen released(int thread, long address) {
    return new Pairing.Seen(Traffic.Kind.RELEASE, now++, thread, "a", address, 0, 64, 0);
  }

  private void see(Pairing.Seen... events) {
    for (Pairing.Seen each : events) {
      pairing.add(each);
    }
  }

  private List<String> told() {
    Traffic built = traffic.build(new boolean[3], Traffic.Losses.NONE);
    return IntStream.range(0, built.events())
        .mapToObj(
            event ->
                built.kind(event)
                    + " "
                    + built.buffer(event)
                    + " by "
                    + built.thread(event)
                    + ", "
                    + built.size(event))
        .toList();
  }

  @Test
  void add_addressIsUsedAgain_areTwoBuffers() {
    see(allocated(0, 7, 10), released(1, 7), allocated(2, 7, 20), released(2, 7));

    assertThat(told())
        .containsExactly(
            "ALLOCATE 0 by 0, 10", "RELEASE 0 by 1, 0", "ALLOCATE 1 by 2, 20", "RELEASE 1 by 2, 0");
  }

  @Test
  void add_move_isTheSameBufferElsewhere() {
    see(
        allocated(0, 7, 10),
        moving(0, 7, 100),
        allocated(1, 9, 5), // another thread's, meanwhile
        allocated(0, 8, 100),
        released(0, 8));

    assertThat(told())
        .containsExactly(
            "ALLOCATE 0 by 0, 10", "ALLOCATE 1 by 1, 5", "RESIZE 0 by 0, 100", "RELEASE 0 by 0, 0");
  }

  @Test
  void add_moveThatFailed_endsTheBuffer() {
    see(allocated(0, 7, 10), moving(0, 7, 100), allocated(0, 8, 5));

    assertThat(told())
        .containsExactly("ALLOCATE 0 by 0, 10", "RELEASE 0 by 0, 0", "ALLOCATE 1 by 0, 5");
    assertThat(pairing.releasesMissed()).isEqualTo(1);
  }

  @Test
  void add_bornBefore_isCounted() {
    see(released(0, 7), moving(0, 8, 100), allocated(0, 9, 100), released(0, 9));

    assertThat(told()).containsExactly("ALLOCATE 0 by 0, 100", "RELEASE 0 by 0, 0");
    assertThat(pairing.bornBefore()).isEqualTo(2);
  }

  @Test
  void add_placeOfALiveOneIsTaken_endsIt() {
    see(allocated(0, 7, 10), allocated(1, 7, 20));

    assertThat(told())
        .containsExactly("ALLOCATE 0 by 0, 10", "ALLOCATE 1 by 1, 20", "RELEASE 0 by 1, 0");
    assertThat(pairing.releasesMissed()).isEqualTo(1);
  }

  @Test
  void add_noAddress_isCounted() {
    see(allocated(0, 0, 10), released(0, 0));

    assertThat(told()).isEmpty();
    assertThat(pairing.withoutAddress()).isEqualTo(2);
  }

  @Test
  void add_bySize_prefersTheThreadAndThenTheOldest() {
    pairing = new Pairing(true, traffic);

    see(allocated(0, 0, 10), allocated(1, 0, 10), allocated(0, 0, 10));
    see(released(1, 5), released(2, 6), released(0, 7), released(0, 8));

    assertThat(told())
        .endsWith("RELEASE 1 by 1, 0", "RELEASE 0 by 2, 0", "RELEASE 2 by 0, 0")
        .hasSize(6);
    assertThat(pairing.pairedBySize()).isEqualTo(3);
    assertThat(pairing.bornBefore()).isEqualTo(1);
  }

  @Test
  void needsSizes_addressesOfFormerLives_areNoticed() {
    assertThat(Pairing.needsSizes(List.of(allocated(0, 7, 10), released(0, 7)))).isFalse();
    assertThat(Pairing.needsSizes(List.of(allocated(0, 0, 10), released(0, 7)))).isTrue();
    assertThat(Pairing.needsSizes(List.of(allocated(0, 9, 10), released(0, 7)))).isTrue();
  }
}
