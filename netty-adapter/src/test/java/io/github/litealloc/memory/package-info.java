/** Programs that look at {@code io.github.litealloc.memory} in a JVM of their own. */
@NullMarked
package io.github.litealloc.memory;

import org.jspecify.annotations.NullMarked;
