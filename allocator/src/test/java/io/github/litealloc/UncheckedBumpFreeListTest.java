package io.github.litealloc;

/** What {@link BumpFreeListTest} demands holds for an arena that takes its shortcuts, too. */
final class UncheckedBumpFreeListTest extends BumpFreeListTest {

  @Override
  boolean isChecked() {
    return false;
  }
}
