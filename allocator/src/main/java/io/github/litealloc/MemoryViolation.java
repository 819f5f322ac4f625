package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/**
 * Memory of an arena that somebody has written to who must not. The write itself cannot be caught:
 * a violation is found later, when the memory is looked at.
 *
 * @param kind what has happened
 * @param arena the name of the arena
 * @param block the block that was damaged, or the place of the damage if no block is known
 * @param bytes the bytes that the block was requested with, 0 if no block is known
 * @param offset the first damaged byte, from the start of the block
 * @param found the value of that byte
 * @param expected the value that it should have
 * @param allocated who allocated the block; {@code null} if that is not known any more
 * @param released who released the block; {@code null} if it is live, or that is not known any more
 * @since 0.1.0
 */
@SuppressWarnings("exports") // JSpecify annotations, which no user needs to have
public record MemoryViolation(
    Kind kind,
    String arena,
    long block,
    int bytes,
    int offset,
    byte found,
    byte expected,
    @Nullable Trace allocated,
    @Nullable Trace released) {

  /** The kinds of violations. */
  public enum Kind {
    /** Somebody has written behind the end of a live block. */
    OVERRUN,
    /** Somebody has written into a block after it was freed. */
    WRITE_AFTER_FREE,
    /** Somebody has written into free memory; who had it last is not known any more. */
    WRITE_TO_FREE_MEMORY
  }

  /**
   * Says everything in one line; the stacks are in {@link #allocated()} and {@link #released()}.
   *
   * @return text for a log or an exception
   */
  public String message() {
    StringBuilder text = new StringBuilder("arena '").append(arena).append("': ");
    switch (kind) {
      case OVERRUN -> block(text).append(" was written behind its end, at byte ").append(offset);
      case WRITE_AFTER_FREE ->
          block(text).append(" was written after it was freed, at byte ").append(offset);
      case WRITE_TO_FREE_MEMORY ->
          text.append("free memory at ").append(Blocks.name(block)).append(" was written");
    }
    text.append(String.format(": 0x%02x (expected: 0x%02x)", found, expected));
    if (released != null) {
      text.append("; released by ").append(released);
    }
    if (allocated != null) {
      text.append("; allocated by ").append(allocated);
    }
    return text.toString();
  }

  private StringBuilder block(StringBuilder text) {
    return text.append("block ")
        .append(Blocks.name(block))
        .append(" of ")
        .append(bytes)
        .append(" bytes");
  }

  @Override
  public String toString() {
    return message();
  }
}
