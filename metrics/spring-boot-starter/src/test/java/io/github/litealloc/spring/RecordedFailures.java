package io.github.litealloc.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Keeps what Boot would print when an application does not start. */
public final class RecordedFailures implements FailureAnalysisReporter {

  static volatile @Nullable FailureAnalysis last;

  @Override
  public void report(FailureAnalysis analysis) {
    last = analysis;
  }
}
