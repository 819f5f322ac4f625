/** What the modules of this project share, and nobody else should use. */
@NullMarked
package io.github.litealloc.internal;

import org.jspecify.annotations.NullMarked;
