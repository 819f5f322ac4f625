package com.example.bitmap;

import io.github.litealloc.Chunks;
import io.github.litealloc.Strategy;
import io.github.litealloc.StrategyFactory;

/** Makes {@link BitmapStrategy} selectable by name; named in {@code META-INF/services}. */
public final class BitmapStrategyFactory implements StrategyFactory {

  @Override
  public String name() {
    return "bitmap";
  }

  @Override
  public Strategy create(Chunks chunks) {
    return new BitmapStrategy(chunks);
  }

  @Override
  public String toString() {
    return name();
  }
}
