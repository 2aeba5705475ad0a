export { langfuseExporter, type LangfuseExporterOptions } from "./exporter.js";
export { toLangfuseBatch, type MappingOptions } from "./mapping.js";
