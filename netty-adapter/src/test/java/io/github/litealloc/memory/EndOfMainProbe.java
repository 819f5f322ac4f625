package io.github.litealloc.memory;

import io.github.litealloc.internal.Later;
import java.util.concurrent.TimeUnit;

/** A program that ends while tasks of ours wait, and others are at work. */
public final class EndOfMainProbe {

  public static final String DONE = "the end of main";

  private EndOfMainProbe() {}

  public static void main(String[] arguments) {
    Later.run(TimeUnit.DAYS.toNanos(1), () -> {});
    NativeHeap.ofProcess().givenBack(NativeHeap.LEAST_BYTES);
    Later.run(0, EndOfMainProbe::sleepForADay);
    System.out.println(DONE);
  }

  private static void sleepForADay() {
    try {
      TimeUnit.DAYS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
