package io.github.litealloc.benchmarks;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a whole number; says what is expected, which picocli's own does not. */
final class NumberConverter {

  private NumberConverter() {}

  static ITypeConverter<Integer> ofInts() {
    return value -> {
      try {
        return Integer.valueOf(value);
      } catch (NumberFormatException e) {
        throw refusal(value, Integer.MAX_VALUE);
      }
    };
  }

  static ITypeConverter<Long> ofLongs() {
    return value -> {
      try {
        return Long.valueOf(value);
      } catch (NumberFormatException e) {
        throw refusal(value, Long.MAX_VALUE);
      }
    };
  }

  private static TypeConversionException refusal(String value, long most) {
    return new TypeConversionException(
        "'" + value + "' is not a whole number (expected: as 10, at most " + most + ')');
  }
}
