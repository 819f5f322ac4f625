package io.github.litealloc.benchmarks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a whole number of per cent: {@code 10}, {@code 10%}. */
public final class PercentConverter implements ITypeConverter<Integer> {

  private static final Pattern PERCENT = Pattern.compile("(-?\\d{1,9})\\s*%?");

  /** Made by picocli. */
  public PercentConverter() {}

  @Override
  public Integer convert(String value) {
    Matcher matcher = PERCENT.matcher(value);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + value + "' is not a percentage (expected: a whole number, as in 10 or 10%)");
    }
    return Integer.valueOf(matcher.group(1));
  }
}
