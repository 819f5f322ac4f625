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
        throw refusal(value, "2^31");
      }
    };
  }

  static ITypeConverter<Long> ofLongs() {
    return value -> {
      try {
        return Long.valueOf(value);
      } catch (NumberFormatException e) {
        throw refusal(value, "2^63");
      }
    };
  }

  private static TypeConversionException refusal(String value, String below) {
    return new TypeConversionException(
        "'"
            + value
            + "' is not such a number (expected: a whole one below "
            + below
            + ", as in 10)");
  }
}
