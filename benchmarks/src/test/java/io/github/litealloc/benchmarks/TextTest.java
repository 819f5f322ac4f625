package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.00 KiB",
    "65536, 64.0 KiB",
    "4508877, 4.30 MiB",
    "3221225472, 3.00 GiB"
  })
  void bytes_amount_hasAFittingUnit(long bytes, String text) {
    assertThat(Text.bytes(bytes)).isEqualTo(text);
  }

  @Test
  void bytes_unknown_saysSo() {
    assertThat(Text.bytes(OptionalLong.empty())).isEqualTo("unknown");
  }

  @Test
  void count_one_hasNoPlural() {
    assertThat(Text.count(1, "loop")).isEqualTo("1 loop");
    assertThat(Text.count(1_000_000, "request")).isEqualTo("1,000,000 requests");
  }
}
