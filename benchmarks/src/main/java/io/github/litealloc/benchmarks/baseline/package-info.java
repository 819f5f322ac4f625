/** What has changed since an earlier run of the same command. */
@NullMarked
package io.github.litealloc.benchmarks.baseline;

import org.jspecify.annotations.NullMarked;
