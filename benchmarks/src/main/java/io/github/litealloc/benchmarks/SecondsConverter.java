package io.github.litealloc.benchmarks;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration in whole seconds: {@code 10}, {@code 10s}, {@code 5m}, {@code 2h}. */
public final class SecondsConverter implements ITypeConverter<Integer> {

  private static final Pattern DURATION = Pattern.compile("(-?\\d{1,9})([smh]?)");

  /** Made by picocli. */
  public SecondsConverter() {}

  @Override
  public Integer convert(String value) {
    Matcher matcher = DURATION.matcher(value.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'"
              + value
              + "' is not a duration (expected: seconds, or a number with s, m or h, as in 10s)");
    }
    int unit =
        switch (matcher.group(2)) {
          case "m" -> 60;
          case "h" -> 60 * 60;
          default -> 1;
        };
    try {
      return Math.multiplyExact(Integer.parseInt(matcher.group(1)), unit);
    } catch (ArithmeticException e) {
      throw new TypeConversionException("'" + value + "' is too long (expected: below 68 years)");
    }
  }
}
