package com.example.bitmap;

import io.github.litealloc.StrategyFactory;
import io.github.litealloc.testing.StrategyContract;

/** All that it takes to run the contract tests on a strategy. */
final class BitmapStrategyTest extends StrategyContract {

  @Override
  protected StrategyFactory strategy() {
    return new BitmapStrategyFactory();
  }
}
