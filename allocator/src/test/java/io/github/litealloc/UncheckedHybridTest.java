package io.github.litealloc;

/** What {@link HybridTest} demands holds for an arena that takes its shortcuts, too. */
final class UncheckedHybridTest extends HybridTest {

  @Override
  boolean isChecked() {
    return false;
  }
}
