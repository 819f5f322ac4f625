package io.github.litealloc.benchmarks.foreign;

import io.netty.buffer.ByteBufAllocator;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Says where an allocator comes from: {@code com.acme.SomeAllocator}, whose public constructor
 * without parameters makes one, or {@code com.acme.SomeAllocator#MEMBER}, a public static field
 * that holds one or a public static method without parameters that returns one.
 *
 * @param className the binary name of a class
 * @param member the field or method, or empty for the constructor
 */
public record AllocatorReference(String className, String member) {

  private static final char BEFORE_MEMBER = '#';

  /** What tells a reference from the names of the allocators that this program knows. */
  private static final String PARAMETER_PREFIX = "class:";

  /**
   * Reads a reference.
   *
   * @param text {@code CLASS} or {@code CLASS#MEMBER}
   * @return the reference
   */
  public static AllocatorReference of(String text) {
    int beforeMember = text.indexOf(BEFORE_MEMBER);
    return beforeMember < 0
        ? new AllocatorReference(text, "")
        : new AllocatorReference(text.substring(0, beforeMember), text.substring(beforeMember + 1));
  }

  /**
   * Returns whether a benchmark's parameter is a reference.
   *
   * @param parameter the value of the parameter {@code allocator}
   * @return whether {@link #ofParameter} can read it
   */
  public static boolean isParameter(String parameter) {
    return parameter.startsWith(PARAMETER_PREFIX);
  }

  /**
   * Reads a benchmark's parameter.
   *
   * @param parameter what {@link #parameter()} returned
   * @return the reference
   */
  public static AllocatorReference ofParameter(String parameter) {
    return of(parameter.substring(PARAMETER_PREFIX.length()));
  }

  /**
   * Returns what a benchmark takes as its parameter {@code allocator}.
   *
   * @return the reference with a prefix
   */
  public String parameter() {
    return PARAMETER_PREFIX + this;
  }

  /**
   * Returns the name of the class without its package.
   *
   * @return for example {@code SomeAllocator}
   */
  public String simpleName() {
    return className.substring(
        Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1);
  }

  /**
   * Makes the allocator, or takes the one that is there.
   *
   * @return the allocator
   * @throws IllegalArgumentException if there is none; the message continues "REFERENCE, which"
   */
  public ByteBufAllocator open() {
    try {
      Class<?> type = Class.forName(className);
      Object value = member.isEmpty() ? constructed(type) : memberOf(type);
      if (value instanceof ByteBufAllocator allocator) {
        return allocator;
      }
      throw new IllegalArgumentException(
          value == null
              ? "is null"
              : "is a "
                  + value.getClass().getName()
                  + " and no "
                  + ByteBufAllocator.class.getName());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("is not on its class path", e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException("fails: " + e.getCause(), e);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException("is not accessible: " + e.getMessage(), e);
    } catch (LinkageError e) {
      throw new IllegalArgumentException(
          "cannot be linked, so something is missing on its class path or of another version: " + e,
          e);
    }
  }

  private static Object constructed(Class<?> type)
      throws IllegalAccessException, InvocationTargetException {
    if (!ByteBufAllocator.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException("is no " + ByteBufAllocator.class.getName());
    }
    try {
      return type.getConstructor().newInstance();
    } catch (NoSuchMethodException | InstantiationException e) {
      throw new IllegalArgumentException("has no public constructor without parameters", e);
    }
  }

  private @Nullable Object memberOf(Class<?> type)
      throws IllegalAccessException, InvocationTargetException {
    for (Field field : type.getFields()) {
      if (field.getName().equals(member) && Modifier.isStatic(field.getModifiers())) {
        return field.get(null);
      }
    }
    try {
      var method = type.getMethod(member);
      if (Modifier.isStatic(method.getModifiers())) {
        return method.invoke(null);
      }
    } catch (NoSuchMethodException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "is no public static field, and no public static method without parameters");
  }

  /** Returns what {@link #of} reads. */
  @Override
  public String toString() {
    return member.isEmpty() ? className : className + BEFORE_MEMBER + member;
  }
}
