/** A modular application: an image made by jlink holds it, lite-alloc and Netty. */
@SuppressWarnings("requires-automatic") // Micrometer has no other modules
module com.example.modular {
  requires io.github.litealloc.netty;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.transport;

  // Not in the image, since jlink takes no automatic modules; added to it when it is started.
  requires static io.github.litealloc.metrics;
  requires static micrometer.core;
}
