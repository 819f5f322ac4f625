/** Call sites as users have them: in a package that is not the allocator's own. */
@NullMarked
package io.github.litealloc.netty.callers;

import org.jspecify.annotations.NullMarked;
