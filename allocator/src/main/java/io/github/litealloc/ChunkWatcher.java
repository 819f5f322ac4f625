package io.github.litealloc;

/** Somebody who looks at chunks when they come, and before they go; reset excepted. */
interface ChunkWatcher {
  void taken(int slot);

  void goesBack(int slot);
}
