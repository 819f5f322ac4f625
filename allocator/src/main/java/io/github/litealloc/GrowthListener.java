package io.github.litealloc;

import io.github.litealloc.internal.Log;

/** Tells somebody else that an arena has taken a chunk, and lets out nothing that they throw. */
final class GrowthListener implements Runnable {

  private static final System.Logger LOG = System.getLogger(GrowthListener.class.getName());

  private final Runnable listener;

  GrowthListener(Runnable listener) {
    this.listener = listener;
  }

  @Override
  public void run() {
    try {
      listener.run();
    } catch (Throwable e) {
      // The chunk is held by now, and the strategy must hear of it.
      Log.warn(LOG, "a listener to an arena's growth failed", e);
    }
  }
}
