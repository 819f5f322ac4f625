package io.github.litealloc.agent;

import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM calls for {@code -javaagent:lite-alloc-agent.jar}. Settings are the system
 * properties {@code litealloc.*}; each problem is one line on the standard error stream, and leaves
 * Netty as it is.
 *
 * @since 0.1.0
 */
public final class LiteAllocAgent {

  private LiteAllocAgent() {}

  /**
   * Before the application starts.
   *
   * @param options what follows the jar's name and a {@code =}; none are known
   * @param instrumentation of this JVM
   */
  public static void premain(@Nullable String options, Instrumentation instrumentation) {
    if (options != null && !options.isEmpty()) {
      Report.line(
          "options: "
              + options
              + " (expected: none; settings are system properties, such as"
              + " -Dlitealloc.maxBytes=256m)");
    }
    // First, so that no class is loaded unseen in between.
    instrumentation.addTransformer(new DefaultAllocatorTransformer());
    instrumentation.addTransformer(new ChannelConfigTransformer());
    instrumentation.addTransformer(new VertxTransformer());
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (loaded.getName().equals(DefaultAllocatorTransformer.CHOOSER)) {
        Report.line(
            "Netty was loaded before the agent, by "
                + loaded.getClassLoader()
                + " (expected: this -javaagent before others); it keeps its own default allocator");
      }
    }
  }

  /**
   * While the application runs, which is in time only if Netty is not in use yet.
   *
   * @param options as above
   * @param instrumentation of this JVM
   */
  public static void agentmain(@Nullable String options, Instrumentation instrumentation) {
    premain(options, instrumentation);
  }
}
