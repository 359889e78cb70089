/** A model's name, or the path of one, as a part of a URL. */
export function encodeModel(model: string): string {
  return model
    .split('/')
    .map((name) => encodeURIComponent(name).replaceAll('%40', '@'))
    .join('/');
}
