package io.github.litealloc;

/**
 * What {@link SegregatedBumpCrateTest} demands holds for an arena that takes its shortcuts, too.
 */
final class UncheckedSegregatedBumpCrateTest extends SegregatedBumpCrateTest {

  @Override
  boolean isChecked() {
    return false;
  }
}
