package io.github.litealloc.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a constant of an enum by its lower-case name, with hyphens for underscores.
 *
 * @param <E> the enum
 */
public abstract class EnumConverter<E extends Enum<E>> implements ITypeConverter<E> {

  private final Class<E> type;

  /**
   * Makes a converter.
   *
   * @param type the enum
   */
  protected EnumConverter(Class<E> type) {
    this.type = type;
  }

  @Override
  public E convert(String value) {
    for (E constant : type.getEnumConstants()) {
      if (name(constant).equals(value)) {
        return constant;
      }
    }
    String expected =
        Arrays.stream(type.getEnumConstants())
            .map(EnumConverter::name)
            .collect(Collectors.joining(", "));
    throw new TypeConversionException("'" + value + "' (expected: one of " + expected + ')');
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
