package io.github.litealloc.internal.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

/** The C library was made to let go of what is free. */
@Name("io.github.litealloc.NativeHeapTrimmed")
@Label("Native Heap Trimmed")
@Description("The C library was made to give its free memory back to the system")
@Category("lite-alloc")
final class NativeHeapTrimmedEvent extends Event {

  @DataAmount
  @Label("Given Back Before")
  @Description("What chunk stores had given back to the C library since the last time")
  long givenBackBytes;

  @DataAmount
  @Label("Resident Before")
  @Description("Resident set of the process, or -1")
  long residentBefore;

  @DataAmount
  @Label("Resident After")
  @Description("Resident set of the process, or -1")
  long residentAfter;

  @Timespan(Timespan.NANOSECONDS)
  @Label("Took")
  long took;

  static void commit(long givenBackBytes, long residentBefore, long residentAfter, long took) {
    NativeHeapTrimmedEvent event = new NativeHeapTrimmedEvent();
    if (event.shouldCommit()) {
      event.givenBackBytes = givenBackBytes;
      event.residentBefore = residentBefore;
      event.residentAfter = residentAfter;
      event.took = took;
      event.commit();
    }
  }
}
