package io.github.litealloc.benchmarks.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequestMixTest {

  private static final int BODY = 1_000;

  private static List<RequestMix.Request> draw(int connection, int count) {
    RequestMix mix = new RequestMix(connection, BODY);
    return Stream.generate(mix::next).limit(count).toList();
  }

  @Test
  void next_sameConnection_isTheSameSequence() {
    assertThat(draw(3, 1_000)).isEqualTo(draw(3, 1_000));
  }

  @Test
  void next_anyConnection_hasUniqueIds() {
    Set<Long> ids = new HashSet<>();
    IntStream.range(0, 20).forEach(c -> draw(c, 500).forEach(request -> ids.add(request.id())));

    assertThat(ids).hasSize(20 * 500);
  }

  @Test
  void next_manyRequests_haveAllKindsAndTheStatedSizes() {
    List<RequestMix.Request> requests = draw(1, 20_000);

    assertThat(requests)
        .extracting(RequestMix.Request::kind)
        .containsAll(EnumSet.allOf(RequestMix.Kind.class));
    assertThat(requests)
        .extracting(RequestMix.Request::bytes)
        .contains(0, 63, BODY / 2, BODY, BODY + BODY / 2, RequestMix.LARGEST * BODY)
        .allMatch(bytes -> bytes >= 0 && bytes <= RequestMix.LARGEST * BODY);
  }

  @Test
  void next_noBody_neverExceedsTheSmallSizes() {
    RequestMix mix = new RequestMix(1, 0);

    assertThat(Stream.generate(mix::next).limit(1_000))
        .extracting(RequestMix.Request::bytes)
        .allMatch(bytes -> bytes >= 0 && bytes < 64);
  }
}
