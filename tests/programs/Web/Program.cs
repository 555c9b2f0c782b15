using Microsoft.AspNetCore.Hosting.Server.Features;

// A server that calls a worker while it answers a request, and asks itself once.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
await using var app = builder.Build();
app.MapGet("/", async () => (await Run.Calls()).ToString());
await app.StartAsync();
using var client = new HttpClient();
return int.Parse(await client.GetStringAsync(app.Urls.Single()));
