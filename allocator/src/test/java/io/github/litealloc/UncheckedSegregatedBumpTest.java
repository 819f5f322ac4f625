package io.github.litealloc;

/** What {@link SegregatedBumpTest} demands holds for an arena that takes its shortcuts, too. */
final class UncheckedSegregatedBumpTest extends SegregatedBumpTest {

  @Override
  boolean isChecked() {
    return false;
  }
}
