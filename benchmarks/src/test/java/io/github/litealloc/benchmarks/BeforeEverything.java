package io.github.litealloc.benchmarks;

import io.github.litealloc.benchmarks.demo.LeakWatch;
import org.junit.jupiter.api.extension.Extension;

/**
 * Does what must be done before the first test class: counts leaks, as {@link Main} does, and lets
 * tests start JMH although somebody else on this machine does too.
 */
public final class BeforeEverything implements Extension {

  /** Made by JUnit, once, before it initializes any test class. */
  public BeforeEverything() {
    LeakWatch.install();
    System.setProperty("jmh.ignoreLock", "true");
  }
}
