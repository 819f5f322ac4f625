package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CandidateTest {

  static Stream<Candidate> candidates() {
    return Stream.concat(
        Candidate.STRATEGIES.stream().map(Candidate::lite), Candidate.PEERS.stream());
  }

  @ParameterizedTest
  @MethodSource("candidates")
  void of_id_isTheCandidate(Candidate candidate) {
    assertThat(Candidate.of(candidate.id())).isEqualTo(candidate);
  }

  @ParameterizedTest
  @MethodSource("candidates")
  void open_eachCandidate_allocates(Candidate candidate) {
    try (MeasuredAllocator measured = MeasuredAllocator.open(candidate, "test")) {
      ByteBuf buffer = measured.allocator().directBuffer(100);
      try {
        assertThat(buffer.isDirect()).isTrue();
        assertThat(buffer.capacity()).isEqualTo(100);
      } finally {
        buffer.release();
      }
    }
  }

  @Test
  void of_unknownId_namesTheKnownOnes() {
    assertThatThrownBy(() -> Candidate.of("buddy"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("buddy")
        .hasMessageContaining("hybrid")
        .hasMessageContaining("adaptive");
  }

  @Test
  void lite_unknownStrategy_isRefused() {
    assertThatThrownBy(() -> Candidate.lite("buddy"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("buddy");
  }
}
