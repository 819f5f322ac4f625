package io.github.litealloc;

/** What {@link FreeListTest} demands holds for an arena that takes its shortcuts, too. */
final class UncheckedFreeListTest extends FreeListTest {

  @Override
  boolean isChecked() {
    return false;
  }
}
