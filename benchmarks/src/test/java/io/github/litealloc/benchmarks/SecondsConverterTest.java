package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SecondsConverterTest {

  private final SecondsConverter converter = new SecondsConverter();

  @ParameterizedTest
  @CsvSource({"0, 0", "10, 10", "10s, 10", "5M, 300", "2h, 7200", "-1, -1"})
  void convert_duration_isSeconds(String text, int seconds) {
    assertThat(converter.convert(text)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "1.5s", "10 s", "10ms", "1d", "PT10S"})
  void convert_other_isRefused(String text) {
    assertThatThrownBy(() -> converter.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("as in 10s");
  }

  @Test
  void convert_tooLong_isRefused() {
    assertThatThrownBy(() -> converter.convert("999999999h"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("too long");
  }
}
