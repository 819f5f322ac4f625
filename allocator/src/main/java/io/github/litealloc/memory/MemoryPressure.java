package io.github.litealloc.memory;

/**
 * How near a budget is to its ceiling. A level is entered when the charged bytes reach its mark,
 * and left only when they have fallen well below it, so that a budget at a mark does not flicker.
 *
 * @since 0.1.0
 */
public enum MemoryPressure {
  /**
   * Far from the ceiling, or recovered: below {@value #RECOVERED_PERCENT} % after a higher level.
   */
  NORMAL,
  /** From {@value #HIGH_PERCENT} % on: time to slow down. */
  HIGH,
  /**
   * From {@value #CRITICAL_PERCENT} % on: the next request may fail. Left for {@link #HIGH} below
   * {@value #HIGH_PERCENT} %. Also, however little is charged, while the system behind the budget
   * has refused memory: until it gives some again, or a second has passed.
   */
  CRITICAL;

  /** Per cent of the ceiling from which the level is {@link #HIGH}. */
  public static final int HIGH_PERCENT = 80;

  /** Per cent of the ceiling from which the level is {@link #CRITICAL}. */
  public static final int CRITICAL_PERCENT = 95;

  /** Per cent of the ceiling below which the level is {@link #NORMAL} again. */
  public static final int RECOVERED_PERCENT = 70;
}
